import {expect, test} from 'vitest';
import {encodeInput, plainKeyModes} from '../../src/host/keys.js';

const encode = (input: Parameters<typeof encodeInput>[0], modes = {}) => {
	const result = encodeInput(input, {...plainKeyModes, ...modes});
	return result.kind === 'encoded' ? Buffer.from(result.bytes).toString('utf8') : result;
};

test.each([
	['Enter', '\r'],
	['Esc', '\x1b'],
	['Escape', '\x1b'],
	['Tab', '\t'],
	['BTab', '\x1b[Z'],
	['S-Tab', '\x1b[Z'],
	['Space', ' '],
	['C-Space', '\0'],
	['BSpace', '\x7f'],
	['Up', '\x1b[A'],
	['S-Left', '\x1b[1;2D'],
	['C-M-Left', '\x1b[1;7D'],
	['M-Up', '\x1b[1;3A'],
	['PgDn', '\x1b[6~'],
	['PageUp', '\x1b[5~'],
	['C-PageUp', '\x1b[5;5~'],
	['Delete', '\x1b[3~'],
	['IC', '\x1b[2~'],
	['F1', '\x1bOP'],
	['F12', '\x1b[24~'],
	['S-F1', '\x1b[1;2P'],
	['C-c', '\x03'],
	['^C', '\x03'],
	['C-[', '\x1b'],
	['M-x', '\x1bx'],
	['C-M-x', '\x1b\x18'],
	['S-a', 'A'],
	['é', 'é'],
	['-', '-'],
	['^', '^'],
	['C-?', '\x7f'],
])('%s is sent as a terminal sends it', (name, bytes) => {
	expect(encode({keys: [name]})).toBe(bytes);
});

test('arrows, Home and End follow the application cursor mode', () => {
	expect(encode({keys: ['Up', 'Home', 'C-Up']}, {applicationCursor: true})).toBe('\x1bOA\x1bOH\x1b[1;5A');
});

test('an unknown key is refused with the nearest and all names, and nothing is encoded', () => {
	expect(encode({chars: 'x', keys: ['PageDwn']})).toMatchObject({
		kind: 'refused',
		code: 'bad-argument',
		message: expect.stringMatching(/nearest is PageDown.*Enter.*F12.*C-c/s),
	});
	expect(encode({keys: ['C-Foo']})).toMatchObject({code: 'bad-argument'});
	expect(encode({keys: ['']})).toMatchObject({code: 'bad-argument'});
});

test('text is sent as it is, keys after it', () => {
	expect(encode({chars: 'ls -l', keys: ['Enter']})).toBe('ls -l\r');
});

test('a paste is framed if the program asked for that, and cannot end its own frame', () => {
	const chars = 'a\nb\x1b[201~; rm -rf /\r\n\x03\tc\x1b\x1b[201~[201~';
	expect(encode({chars, paste: true}, {bracketedPaste: true})).toBe(
		'\x1b[200~a\rb; rm -rf /\r\tc[201~\x1b[201~',
	);
	expect(encode({chars: 'a\nb', paste: true})).toBe('a\rb');
});
