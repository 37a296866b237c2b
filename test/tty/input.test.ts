import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import type {InputEvent} from '../../src/tty/decoder.js';
import {createInput, type InputStream, type Timer} from '../../src/tty/input.js';

/** An input over a stream that the test writes, with a clock that it moves. */
const createKeyboard = () => {
	const stdin = new PassThrough() as PassThrough & InputStream;
	const raw: boolean[] = [];
	stdin.setRawMode = isRaw => raw.push(isRaw);
	const timers = new Set<{callback: () => void; ms: number}>();
	const timer: Timer = {
		set: (callback, ms) => {
			const entry = {callback, ms};
			timers.add(entry);
			return entry;
		},
		clear: handle => timers.delete(handle as {callback: () => void; ms: number}),
	};
	let hasKitty = false;
	let hasEnded = false;
	const input = createInput({
		stdin,
		timer,
		onKittyKeyboard: () => {
			hasKitty = true;
		},
		onEnd: () => {
			hasEnded = true;
		},
	});
	const events: InputEvent[] = [];
	return {
		input,
		stdin,
		raw,
		events,
		hasKitty: () => hasKitty,
		hasEnded: () => hasEnded,
		listen: () => input.subscribe(event => events.push(event)),
		send: async (bytes: string | Buffer) => {
			stdin.write(bytes);
			await new Promise(resolve => setImmediate(resolve));
		},
		waits: () => [...timers].map(({ms}) => ms),
		passTime: () => {
			for (const entry of [...timers]) {
				timers.delete(entry);
				entry.callback();
			}
		},
	};
};

/** `ctrl+alt+shift+name=text`, as one readable word. */
const spell = (event: InputEvent): string => {
	if (event.kind !== 'key') return JSON.stringify(event);
	const modifiers = (['ctrl', 'alt', 'shift'] as const).filter(modifier => event[modifier]);
	return [...modifiers, event.name].join('+') + (event.text === '' ? '' : `=${event.text}`);
};

const typed = async (...reads: (string | Buffer)[]): Promise<string[]> => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	for (const read of reads) await keyboard.send(read);
	keyboard.passTime();
	return keyboard.events.map(spell);
};

test.each([
	['a', 'a=a'],
	['A', 'shift+a=A'],
	['é', 'é=é'],
	['日', '日=日'],
	[' ', 'space= '],
	['?', '?=?'],
	['\r', 'enter'],
	['\n', 'ctrl+enter'],
	['\t', 'tab'],
	['\x7f', 'backspace'],
	['\x08', 'ctrl+h'],
	['\x03', 'ctrl+c'],
	['\x00', 'ctrl+space'],
	['\x1d', 'ctrl+]'],
	['\x1c', 'ctrl+\\'],
	['\x1f', 'ctrl+_'],
	['\x1b', 'escape'],
	['\x1bb', 'alt+b'],
	['\x1bB', 'alt+shift+b'],
	['\x1b1', 'alt+1'],
	['\x1b\r', 'alt+enter'],
	['\x1b\x7f', 'alt+backspace'],
	['\x1b[', 'alt+['],
	['\x1b]', 'alt+]'],
	['\x1bO', 'alt+shift+o'],
	['\x1b[A', 'up'],
	['\x1bOA', 'up'],
	['\x1b[1;3D', 'alt+left'],
	['\x1b[1;5C', 'ctrl+right'],
	['\x1b\x1b[D', 'alt+left'],
	['\x1b[Z', 'shift+tab'],
	['\x1b[H', 'home'],
	['\x1b[4~', 'end'],
	['\x1b[5~', 'pageup'],
	['\x1b[6;2~', 'shift+pagedown'],
	['\x1b[3~', 'delete'],
	['\x1bOP', 'f1'],
	['\x1b[[A', 'f1'],
	['\x1b[15~', 'f5'],
	['\x1b[24~', 'f12'],
	['\x1b[27u', 'escape'],
	['\x1b[13;2u', 'shift+enter'],
	['\x1b[13;5u', 'ctrl+enter'],
	['\x1b[13;3u', 'alt+enter'],
	['\x1b[27;5;13~', 'ctrl+enter'],
	['\x1b[93;5u', 'ctrl+]'],
	['\x1b[92;5u', 'ctrl+\\'],
	['\x1b[32;5u', 'ctrl+space'],
	['\x1b[99;5u', 'ctrl+c'],
	['\x1b[97;3u', 'alt+a'],
	['\x1b[97:65;2u', 'shift+a=A'],
	['\x1b[57414u', 'enter'],
	['\x1b[57404u', '5=5'],
])('%j is the key %s', async (bytes, expected) => {
	expect(await typed(bytes)).toEqual([expected]);
	// However the bytes are spread over reads.
	expect(await typed(...Array.from(Buffer.from(bytes), byte => Buffer.from([byte])))).toEqual([expected]);
});

test('a kitty key that is released does nothing', async () => {
	expect(await typed('\x1b[97;1:3u', '\x1b[1;1:3A', 'x')).toEqual(['x=x']);
});

test('Esc alone is told after a short wait, Esc with a letter at once', async () => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	await keyboard.send('\x1b');
	expect(keyboard.events).toEqual([]);
	expect(keyboard.waits()).toEqual([40]);
	keyboard.passTime();
	expect(keyboard.events.map(spell)).toEqual(['escape']);
	await keyboard.send('\x1bb');
	expect(keyboard.events.map(spell)).toEqual(['escape', 'alt+b']);
	expect(keyboard.waits()).toEqual([]);
});

test('Esc twice in one read is two keys', async () => {
	expect(await typed('\x1b\x1b')).toEqual(['escape', 'escape']);
});

test('a burst of characters in one read is typed key by key, a long one comes whole', async () => {
	expect(await typed('ls -l\r')).toEqual(['l=l', 's=s', 'space= ', '-=-', 'l=l', 'enter']);
	const long = 'word '.repeat(1_000);
	expect(await typed(long)).toEqual([`=${long}`]);
});

test('a paste is one event however it is cut into reads, line ends are line feeds, control bytes are gone', async () => {
	const bytes = 'x\x1b[200~one\r\ntwo\rthr\x1b[31mee\t日\x07\x1b[201~y';
	const expected = ['x=x', JSON.stringify({kind: 'paste', text: 'one\ntwo\nthree\t日', isCut: false}), 'y=y'];
	expect(await typed(bytes)).toEqual(expected);
	for (let cut = 1; cut < bytes.length; cut++)
		expect(await typed(bytes.slice(0, cut), bytes.slice(cut))).toEqual(expected);
});

test('a paste without its end marker ends after a second without bytes', async () => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	await keyboard.send('\x1b[200~half a paste');
	expect(keyboard.waits()).toEqual([1_000]);
	await keyboard.send(' and more');
	expect(keyboard.waits()).toEqual([1_000]);
	keyboard.passTime();
	await keyboard.send('k');
	expect(keyboard.events.map(spell)).toEqual([
		JSON.stringify({kind: 'paste', text: 'half a paste and more', isCut: false}),
		'k=k',
	]);
});

test('a paste without bounds keeps its first four megabytes and says that it was cut', async () => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	await keyboard.send('\x1b[200~');
	for (let part = 0; part < 6; part++) await keyboard.send('x'.repeat(1024 * 1024));
	await keyboard.send('\x1b[201~q');
	const [paste, key] = keyboard.events;
	expect(paste).toMatchObject({kind: 'paste', isCut: true});
	expect(paste?.kind === 'paste' && paste.text.length).toBe(4 * 1024 * 1024);
	expect(key && spell(key)).toBe('q=q');
});

test('wheel, buttons and focus are reported with their place', async () => {
	expect(await typed('\x1b[<64;10;5M\x1b[<65;10;5M\x1b[<0;1;2M\x1b[<0;1;2m\x1b[I\x1b[O')).toEqual([
		...(['wheel-up', 'wheel-down'] as const).map(action =>
			JSON.stringify({
				kind: 'mouse',
				action,
				button: 'none',
				column: 9,
				row: 4,
				shift: false,
				alt: false,
				ctrl: false,
			}),
		),
		...(['press', 'release'] as const).map(action =>
			JSON.stringify({
				kind: 'mouse',
				action,
				button: 'left',
				column: 0,
				row: 1,
				shift: false,
				alt: false,
				ctrl: false,
			}),
		),
		JSON.stringify({kind: 'focus', isFocused: true}),
		JSON.stringify({kind: 'focus', isFocused: false}),
	]);
});

test('what the terminal answers to queries is never typed, and the kitty protocol is noticed', async () => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	await keyboard.send(
		'\x1b[?0u\x1b[?62;22c\x1b[>41;380;0c\x1bP>|xterm(380)\x1b\\\x1b]11;rgb:0000/0000/0000\x07\x1b[?2026;2$y',
	);
	keyboard.passTime();
	expect(keyboard.events).toEqual([]);
	expect(keyboard.hasKitty()).toBe(true);
});

test('keys typed before anybody listens are not lost', async () => {
	const keyboard = createKeyboard();
	keyboard.stdin.write('ab');
	keyboard.input.start();
	await keyboard.send('c');
	keyboard.listen();
	expect(keyboard.events.map(spell)).toEqual(['a=a', 'b=b', 'c=c']);
});

test('while another program has the terminal nothing is read and raw mode is off', async () => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	keyboard.input.suspend();
	await keyboard.send('theirs');
	expect(keyboard.events).toEqual([]);
	expect(keyboard.raw).toEqual([true, false]);
	keyboard.stdin.read();
	keyboard.input.resume();
	await keyboard.send('q');
	expect(keyboard.events.map(spell)).toEqual(['q=q']);
});

test('the end of the input is told', async () => {
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.stdin.end();
	await new Promise(resolve => keyboard.stdin.once('end', resolve));
	expect(keyboard.hasEnded()).toBe(true);
});

test('random bytes never throw and leave the keyboard working', async () => {
	let seed = 1;
	const keyboard = createKeyboard();
	keyboard.input.start();
	keyboard.listen();
	for (let round = 0; round < 300; round++) {
		const bytes = Buffer.from(
			Array.from({length: 40}, () => {
				seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
				return (seed >>> 24) % 3 === 0 ? 0x1b : seed >>> 24;
			}),
		);
		await keyboard.send(bytes);
	}
	keyboard.passTime();
	await keyboard.send('\x1b[201~');
	keyboard.passTime();
	keyboard.events.length = 0;
	await keyboard.send('\x07\x1b\\k');
	expect(keyboard.events.map(spell).at(-1)).toBe('k=k');
});
