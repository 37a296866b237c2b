// The splash and the window paint the same cells, or the window fills in what was empty.
import {afterEach, expect, test} from 'vitest';
import {firstFrame} from '../../components/first-frame.js';
import {glimpse} from '../../components/glimpse.js';
import {theme} from '../../components/theme.js';
import {bufferOf, emptyBuffer} from '../../src/editor/buffer.js';
import {type Conversation, initialState, type State} from '../../src/state.js';
import {createRowParser} from '../../src/tty/cells.js';
import {foldAll} from '../support/fold.js';
import {longSession} from '../support/long-session.js';
import {noon, openWindow, type Window} from '../support/window.js';

let window: Window | undefined;
afterEach(() => window?.unmount());

const sizes = [
	[200, 60],
	[120, 40],
	[80, 24],
	[40, 12],
	[24, 7],
	[10, 3],
	[4, 1],
] as const;

const parse = createRowParser(3, true);
const cellsOf = (frame: string, [columns, rows]: readonly [number, number]) => {
	const lines = frame.split('\n');
	return Array.from({length: rows}, (_, row) =>
		parse(lines[row] ?? '', columns).cells.map(({text, pen}) => `${text} ${pen.key}`),
	);
};
const blank = cellsOf('', [1, 1])[0]?.[0];

/** The splash's cells, and those of the first frame that Ink writes of the same state. */
const bothFrames = async (
	change: Partial<State>,
	size: readonly [number, number],
	{typed = emptyBuffer, isConversationKnown = true, seen = undefined as Conversation | undefined} = {},
) => {
	const [columns, rows] = size;
	const state = {...initialState('/home/ada/my-app', 's1'), isTrusted: true, ...change};
	const splash = firstFrame(
		state,
		{columns, rows},
		{
			buffer: typed,
			isConversationKnown,
			glimpse: seen && glimpse(seen),
			caret: theme.inverse,
			now: noon,
		},
	);
	window = await openWindow({columns, rows, state, typed});
	return {splash: cellsOf(splash, size), ink: cellsOf(window.frames[0] ?? '', size)};
};

const ready = {kind: 'ready', name: 'gpt-5.2', provider: 'openai'} as const;

test.each(sizes)('at %dx%d the first frame is the window’s, to the cell', async (...size) => {
	const states: Partial<State>[] = [
		{model: ready},
		{model: {kind: 'missing', hint: 'Set OPENAI_API_KEY for the OpenAI API, and start tandem again.'}},
		{model: {kind: 'offline', name: 'offline assistant', hint: 'Set OPENAI_API_KEY.'}},
		{model: ready, mode: 'full'},
		{model: ready, session: {isTour: false, id: 's1', workspace: '/home/ada/日本語\u202e'}},
	];
	for (const state of states) {
		const {splash, ink} = await bothFrames(state, size);
		expect(splash).toEqual(ink);
		window?.unmount();
	}
});

test.each(['hello', '!npm test', '/ps', 'a very long line that wraps '.repeat(12), 'e\u0301 日本'])(
	'%j typed before the window is there stands where the window puts it',
	async text => {
		for (const size of sizes.slice(0, 4)) {
			const {splash, ink} = await bothFrames({model: ready}, size, {typed: bufferOf(text)});
			// The popup of the completions opens over empty rows, or the welcome: it is the window's.
			if (!text.startsWith('/')) expect(splash).toEqual(ink);
			else expect(splash.slice(-3)).toEqual(ink.slice(-3));
			window?.unmount();
		}
	},
);

test('while a long session is read its end stands where the window puts it', async () => {
	const conversation = foldAll(longSession({turns: 60, size: 400}));
	const {entries, usage} = conversation;
	const last = {...conversation, entries: entries.slice(-150)};
	for (const size of sizes.slice(0, 4)) {
		const {splash, ink} = await bothFrames({model: ready, mode: 'full', entries, usage}, size, {
			typed: bufferOf('hello'),
			isConversationKnown: false,
			seen: last,
		});
		expect(splash.slice(0, -1)).toEqual(ink.slice(0, -1));
		const status = splash
			.at(-1)
			?.map(cell => cell[0])
			.join('');
		// What must be seen at every width goes before.
		expect(status).toContain('full: asks nothing');
		if (size[0] > 40) expect(status).toContain('reading the session…');
		window?.unmount();
	}
});

test('an end too short for the screen is not shown: nobody knows what stands above it', async () => {
	const {entries, ...others} = foldAll(longSession({turns: 60, size: 400}));
	const seen = {...others, entries: entries.slice(-3)};
	const {splash} = await bothFrames({model: ready}, [80, 24], {isConversationKnown: false, seen});
	expect(
		splash
			.slice(1, -3)
			.flat()
			.filter(cell => cell !== blank),
	).toEqual([]);
});

test('before the trust question, and before a conversation that is still to be read, nothing stands that must go', async () => {
	for (const size of sizes) {
		for (const {state, isConversationKnown} of [
			{
				state: {isTrusted: undefined, ui: {...initialState('', '').ui, overlay: 'trust' as const}},
				isConversationKnown: true,
			},
			{state: {usage: {inputTokens: 12_000, outputTokens: 9}}, isConversationKnown: false},
		]) {
			const {splash, ink} = await bothFrames({model: ready, ...state} as Partial<State>, size, {
				isConversationKnown,
			});
			for (const [row, cells] of splash.entries()) {
				for (const [column, cell] of cells.entries())
					if (cell !== blank) expect(cell).toBe(ink[row]?.[column]);
			}
			window?.unmount();
		}
	}
});
