import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {narrowWidth} from '../../src/text/narrow.js';

test('what needs no tables is as wide as the tables say, alone and beside others', () => {
	for (let code = 0; code <= 0xffff; code++) {
		const character = String.fromCharCode(code);
		const text = `\x1b[2ma${character}─${character}${character}\x1b[22m`;
		const columns = narrowWidth(text);
		if (columns !== undefined) expect(columns).toBe(stringWidth(text));
	}
	expect(narrowWidth(' › tandem · my-app ─ é')).toBe(22);
	expect(narrowWidth('日本')).toBe(undefined);
	expect(narrowWidth('e\u0301')).toBe(undefined);
});
