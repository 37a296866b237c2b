// Where a key stands in a TOML text: the parser says it for errors only. Good enough to point at a line.

/** From 1; undefined if it is not found. */
export const findKeyLine = (text: string, path: readonly string[]): number | undefined => {
	let table: string[] = [];
	let inside: number | undefined;
	for (const [index, line] of text.split('\n').entries()) {
		const header = /^\s*\[\[?([^\]]+)\]/.exec(line);
		if (header) table = splitKey(header[1] ?? '');
		const key = header ? undefined : /^\s*([\w\-."'\s]+?)\s*=/.exec(line);
		if (!header && !key) continue;
		const found = [...table, ...splitKey(key?.[1] ?? '')];
		if (!found.every((part, depth) => part === path[depth])) continue;
		if (found.length === path.length) return index + 1;
		// It may stand in an inline table of this line.
		if (key) inside ??= index + 1;
	}
	return inside;
};

const splitKey = (key: string): string[] =>
	[...key.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
		([, double, single, bare]) => double ?? single ?? bare ?? '',
	);
