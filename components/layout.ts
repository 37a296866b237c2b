// How the rows of the screen are shared out: exactly as many as there are. On low screens the panel shrinks to
// one line, then it and the header go; the conversation keeps at least one row as long as there is one. Pure.

export type Wishes = {
	rows: number;
	columns: number;
	terminals: number;
	panel: 'hidden' | 'collapsed' | 'open';
	isPanelFocused: boolean;
	/** Something modal takes the panel's room. */
	isModal: boolean;
	/** Rows that the composer, or the approval in its place, would like. */
	input: number;
	/** Rows that the banner would like; 0: there is none. */
	banner: number;
};

export type Layout = {
	header: number;
	main: number;
	panel: number;
	banner: number;
	input: number;
	status: number;
};

/** Below these, the panel is one line; and then it and the header are gone. */
const lowRows = 18;
const tinyRows = 8;

export const layout = (wishes: Wishes): Layout => {
	const {rows} = wishes;
	const status = rows >= 3 ? 1 : 0;
	const header = rows >= tinyRows ? 1 : 0;
	const banner = rows < tinyRows ? 0 : Math.min(wishes.banner, rows < lowRows ? 1 : wishes.banner);
	const free = rows - status - header - banner;
	const input = Math.max(1, Math.min(wishes.input, free - (free > 2 ? 1 : 0)));
	const panel = Math.max(0, Math.min(panelHeight(wishes), free - input - 1));
	return {header, main: Math.max(0, free - input - panel), panel, banner, input, status};
};

/** Title included, a third of the screen at most. */
const panelHeight = ({rows, terminals, panel, isPanelFocused, isModal}: Wishes): number => {
	if (panel === 'hidden' || isModal || rows < tinyRows) return 0;
	if (terminals === 0) return isPanelFocused ? 1 : 0;
	if (panel === 'collapsed' || rows < lowRows) return 1;
	return Math.min(terminals + 1, Math.max(2, Math.floor(rows / 3)));
};

/** From this width on an open terminal stands beside the conversation. */
const splitColumns = 140;
/** The conversation keeps these, the terminal takes what it can use of the rest. */
const conversationColumns = 70;
const widestTerminal = 121;

/** Columns of the open terminal beside the conversation; 0: it takes the conversation's place. */
export const splitWidth = (columns: number): number =>
	columns < splitColumns ? 0 : Math.min(widestTerminal, columns - conversationColumns);
