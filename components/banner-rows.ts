// What is wrong and stays wrong, above the composer: in as many rows as it takes, for its end says what to do. Pure.
import {truncate} from '../src/text/truncate.js';
import {wrap} from '../src/text/wrap.js';
import {clean} from './lines.js';
import {theme} from './theme.js';

const mark = ' ! ';

// A path and a sentence at 80 columns. More would take the conversation's room.
const mostRows = 4;

export const bannerRows = (text: string, columns: number, most: number): string[] => {
	const rows = wrap(clean(text), columns - mark.length);
	const shown = rows.slice(0, most);
	// On a low screen: as much of it as there is room for.
	if (rows.length > most) shown[most - 1] = truncate(rows.slice(most - 1).join(' '), columns - mark.length);
	return shown.map((row, index) => theme.warn(`${index === 0 ? mark : ' '.repeat(mark.length)}${row}`));
};

/** How many rows it would like. */
export const bannerSize = (text: string | undefined, columns: number): number =>
	text === undefined ? 0 : bannerRows(text, columns, mostRows).length;
