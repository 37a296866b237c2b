import {expect, test} from 'vitest';
import {toTerminalInput} from '../../components/inside-keys.js';
import {encodeInput, plainKeyModes} from '../../src/host/keys.js';
import {createDecoder, type InputEvent} from '../../src/tty/decoder.js';

/** What a program gets of bytes that a terminal sent. */
const passed = (bytes: string, modes = {}): string => {
	const keys: InputEvent[] = [];
	const decoder = createDecoder(event => event.kind !== 'reply' && keys.push(event));
	decoder.push(bytes);
	decoder.settle();
	return keys
		.flatMap(event => (event.kind === 'key' ? [toTerminalInput(event)] : []))
		.map(input => {
			const encoded = encodeInput(input ?? {}, {...plainKeyModes, ...modes});
			return encoded.kind === 'encoded' ? Buffer.from(encoded.bytes).toString() : encoded.code;
		})
		.join('');
};

test.each([
	['letters', 'aZé漢😀'],
	['Enter', '\r'],
	['Ctrl+J', '\n'],
	['Ctrl+H', '\x08'],
	['Backspace', '\x7f'],
	['Esc', '\x1b'],
	['every control character', '\x00\x01\x02\x03\x04\x05\x06\x07\x09\x0b\x0c\x0e\x0f\x10\x11\x1a\x1c\x1e\x1f'],
	['Alt with letters', '\x1bx\x1bX\x1b.'],
	['Alt+Enter', '\x1b\r'],
	['arrows', '\x1b[A\x1b[B\x1b[C\x1b[D'],
	['arrows with modifiers', '\x1b[1;5A\x1b[1;2D\x1b[1;3C\x1b[1;8B'],
	['Shift+Tab', '\x1b[Z'],
	['paging', '\x1b[5~\x1b[6~\x1b[2~\x1b[3~'],
	['Home and End', '\x1b[H\x1b[F'],
	['function keys', '\x1bOP\x1bOS\x1b[15~\x1b[24~\x1b[1;2P'],
])('%s arrive as the terminal sent them', (_, bytes) => {
	expect(passed(bytes)).toBe(bytes);
});

test('arrows follow the mode that the program has set, whatever the outer terminal sends', () => {
	expect(passed('\x1b[A', {applicationCursor: true})).toBe('\x1bOA');
	expect(passed('\x1bOA')).toBe('\x1b[A');
});

test('the kitty forms of the outer terminal become the legacy ones', () => {
	expect(passed('\x1b[99;5u')).toBe('\x03');
	expect(passed('\x1b[97;3u')).toBe('\x1ba');
	expect(passed('\x1b[27u')).toBe('\x1b');
});

test('a key that no terminal has is nothing', () => {
	expect(passed('\x1b[57358u')).toBe('');
});
