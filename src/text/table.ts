// Sets cells in columns, or below each other where they do not fit side by side.
import type {Style} from '../host/protocol.js';
import {styled} from './sgr.js';
import {width} from './width.js';
import {wrap} from './wrap.js';

export type Table = {
	/** Cells may hold styles, no line feeds. */
	header: readonly string[];
	rows: readonly (readonly string[])[];
	align: readonly ('center' | 'left' | 'right' | null)[];
	columns: number;
	rule: Style;
};

const gap = '  ';

export const tableRows = ({header, rows, align, columns, rule}: Table): string[] => {
	const widths = header.map((cell, index) =>
		Math.max(width(cell), ...rows.map(row => width(row[index] ?? '')), 1),
	);
	const total = widths.reduce((sum, size) => sum + size, 0) + gap.length * (widths.length - 1);
	if (total > columns) return stacked(header, rows, columns);
	const line = (cells: readonly string[]) =>
		widths
			.map((size, index) => aligned(cells[index] ?? '', size, align[index] ?? 'left'))
			.join(gap)
			.trimEnd();
	return [line(header), styled(widths.map(size => '─'.repeat(size)).join(gap), rule), ...rows.map(line)];
};

const aligned = (cell: string, size: number, side: 'center' | 'left' | 'right'): string => {
	const room = Math.max(0, size - width(cell));
	const before = side === 'right' ? room : side === 'center' ? Math.floor(room / 2) : 0;
	return ' '.repeat(before) + cell + ' '.repeat(room - before);
};

const stacked = (
	header: readonly string[],
	rows: readonly (readonly string[])[],
	columns: number,
): string[] =>
	rows.flatMap((row, index) => [
		...(index > 0 ? [''] : []),
		...row.flatMap((cell, place) => wrap(`${header[place] ?? ''}: ${cell}`, columns)),
	]);
