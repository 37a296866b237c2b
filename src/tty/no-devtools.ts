// Stands in for Ink's developer tools in the bundle: production never starts them.
export const initialize = () => {};
export const connectToDevTools = () => {};
// biome-ignore lint/style/noDefaultExport: Ink imports the default.
export default {initialize, connectToDevTools};
