// Prose and shell scripts are imported as text (build.js and vitest.config.ts both do it).
declare module '*.md' {
	const text: string;
	export default text;
}
declare module '*.sh' {
	const text: string;
	export default text;
}
