// What the tour says above the composer: where one stands, and what there is to see. Pure.
import type {State} from '../src/state.js';
import {wrap} from '../src/text/wrap.js';
import {tourOffer} from '../src/tour.js';
import {clean} from './lines.js';

/** On lower screens the next step is all that there is room for. */
const lowRows = 18;
/** The eye does not follow a longer row back. */
const widestText = 110;

/** What stands above the text being typed, and while there is none: what Enter plays, or else what can be typed. */
export type Guide = {
	title: string;
	rows: readonly string[];
	offered: string | undefined;
	hint?: string;
};

export const noGuide: Guide = {title: '', rows: [], offered: undefined};

export const guideRows = (state: State, width: number, rows: number): string[] => {
	const offer = rows < lowRows ? undefined : tourOffer(state);
	if (!offer) return [];
	const text = [offer.explain, ...(offer.keys ? [offer.keys] : [])].join(' ');
	return wrap(clean(text), Math.max(1, Math.min(width - 3, widestText))).map(row => ` ${row}`);
};

export const guideTitle = (state: State): string => {
	const offer = tourOffer(state);
	return offer ? `tour · step ${offer.number} of ${offer.of}` : '';
};
