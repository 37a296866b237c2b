// Node's crypto takes 4 ms to load, and the first frame needs none of it: it is loaded when it is used.

/** In hexadecimal digits. */
export const sha256 = (text: string): string =>
	process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
