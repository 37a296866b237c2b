// Styles as the escape sequences of a terminal, and back. Only characters and styles: it knows nothing of
// where they are painted.
import type {Run, Style} from '../host/protocol.js';

/** A text that begins with a style's sequences and ends by taking exactly these back, so that styles nest. */
export const styled = (text: string, style: Style): string => {
	const open = sgrParameters(style);
	if (open === '' || text === '') return text;
	return `\x1b[${open}m${text}\x1b[${closingParameters(style)}m`;
};

/** The runs of a row as one string. */
export const runsToText = (runs: readonly Run[]): string =>
	runs.map(({text, style}) => styled(text, style)).join('');

const flags = [
	['bold', '1'],
	['dim', '2'],
	['italic', '3'],
	['underline', '4'],
	['inverse', '7'],
	['invisible', '8'],
	['strikethrough', '9'],
] as const;

/** What turns the default style into this one, as `1;38;5;42`; empty for the default style. */
export const sgrParameters = (style: Style): string => {
	const parameters: string[] = [];
	for (const [flag, code] of flags) if (style[flag]) parameters.push(code);
	if (style.fg !== undefined) parameters.push(colourParameters(style.fg, false));
	if (style.bg !== undefined) parameters.push(colourParameters(style.bg, true));
	return parameters.filter(parameter => parameter !== '').join(';');
};

/** A colour's parameters; empty for what is no colour. */
export const colourParameters = (colour: number | string, isBackground: boolean): string => {
	const offset = isBackground ? 10 : 0;
	if (typeof colour === 'number') {
		if (!Number.isInteger(colour) || colour < 0 || colour > 255) return '';
		if (colour < 8) return String(30 + offset + colour);
		if (colour < 16) return String(90 + offset + colour - 8);
		return `${38 + offset};5;${colour}`;
	}
	const channels = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
	if (!channels) return '';
	const [red, green, blue] = channels.slice(1).map(channel => Number.parseInt(channel, 16));
	return `${38 + offset};2;${red};${green};${blue}`;
};

const closingParameters = (style: Style): string => {
	const parameters: string[] = [];
	if (style.bold || style.dim) parameters.push('22');
	if (style.italic) parameters.push('23');
	if (style.underline) parameters.push('24');
	if (style.inverse) parameters.push('27');
	if (style.invisible) parameters.push('28');
	if (style.strikethrough) parameters.push('29');
	if (style.fg !== undefined) parameters.push('39');
	if (style.bg !== undefined) parameters.push('49');
	return parameters.join(';');
};

/** The style after a `CSI … m` with these parameters. What is unknown changes nothing. */
export const applySgr = (style: Style, parameters: string): Style => {
	let next: Style = {...style};
	const codes = parameters.split(';').map(code => (code === '' ? 0 : Number(code)));
	for (let index = 0; index < codes.length; index++) {
		const code = codes[index] ?? 0;
		if (code === 0) {
			next = {};
		} else if (code === 38 || code === 48 || code === 58) {
			const {colour, length} = extendedColour(codes.slice(index + 1, index + 5));
			index += length;
			if (colour === undefined) continue;
			if (code === 38) next.fg = colour;
			if (code === 48) next.bg = colour;
		} else {
			applyCode(next, code);
		}
	}
	return next;
};

const extendedColour = (codes: readonly number[]): {colour?: number | string; length: number} => {
	const [kind, ...values] = codes;
	const isByte = (value: number | undefined) =>
		value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
	if (kind === 5) {
		const [index] = values;
		return index !== undefined && isByte(index) ? {colour: index, length: 2} : {length: 2};
	}
	if (kind === 2) {
		const channels = values.slice(0, 3);
		if (channels.length < 3 || !channels.every(isByte)) return {length: 4};
		return {colour: `#${channels.map(value => value.toString(16).padStart(2, '0')).join('')}`, length: 4};
	}
	return {length: 0};
};

const applyCode = (style: Style, code: number): void => {
	const set = flags.find(([, flagCode]) => Number(flagCode) === code);
	if (set) style[set[0]] = true;
	else if (code === 21) style.underline = true;
	else if (code === 22) {
		delete style.bold;
		delete style.dim;
	} else if (code === 23) delete style.italic;
	else if (code === 24) delete style.underline;
	else if (code === 27) delete style.inverse;
	else if (code === 28) delete style.invisible;
	else if (code === 29) delete style.strikethrough;
	else if (code >= 30 && code <= 37) style.fg = code - 30;
	else if (code === 39) delete style.fg;
	else if (code >= 40 && code <= 47) style.bg = code - 40;
	else if (code === 49) delete style.bg;
	else if (code >= 90 && code <= 97) style.fg = code - 90 + 8;
	else if (code >= 100 && code <= 107) style.bg = code - 100 + 8;
};
