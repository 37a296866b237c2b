// Foreign text in Markdown, between fences that it cannot close.

/** `` `npm test` ``, on one line. */
export const codeSpan = (text: string): string => {
	const line = text.replace(/\s+/g, ' ');
	const fence = '`'.repeat(longestRun(line) + 1);
	const gap = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
	return `${fence}${gap}${line}${gap}${fence}`;
};

export const codeBlock = (lines: readonly string[]): string => {
	const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
	return [fence, ...lines, fence].join('\n');
};

const longestRun = (text: string): number =>
	Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
