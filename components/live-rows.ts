// The answer that streams in, as rows: what can no longer change is made once, so that a long answer costs each
// frame only its last block.
type RowsOf = (text: string, width: number) => string[];

/** One for each transcript. The rows are those of the whole text, but that blocks are made apart. */
export const createLiveRows = (rowsOf: RowsOf) => {
	let done = {text: '', width: 0, rows: [] as string[]};

	return (text: string, width: number): string[] => {
		if (done.width !== width || !text.startsWith(done.text)) done = {text: '', width, rows: []};
		const end = done.text.length + finishedLength(text.slice(done.text.length));
		if (end > done.text.length) {
			const rows = joined(done.rows, rowsOf(text.slice(done.text.length, end), width));
			done = {text: text.slice(0, end), width, rows};
		}
		const rest = text.slice(end);
		return rest.trim() === '' ? done.rows : joined(done.rows, rowsOf(rest, width));
	};
};

const joined = (above: readonly string[], below: readonly string[]): string[] =>
	above.length === 0 ? [...below] : below.length === 0 ? [...above] : [...above, '', ...below];

/**
 * How much of a text stands in blocks that nothing behind them can change: up to a blank line that is not in a
 * fence and is followed by plain text, not by what may go on with a list, a quote or indented code.
 */
const finishedLength = (text: string): number => {
	let finished = 0;
	let isFenced = false;
	let offset = 0;
	let isAfterBlank = false;
	for (const line of text.split('\n')) {
		if (isAfterBlank && !isFenced && /^[\p{L}#]/u.test(line)) finished = offset;
		if (/^\s*(?:```|~~~)/u.test(line)) isFenced = !isFenced;
		isAfterBlank = line.trim() === '';
		offset += line.length + 1;
	}
	return finished;
};
