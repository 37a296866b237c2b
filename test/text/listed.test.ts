import {expect, test} from 'vitest';
import {listed} from '../../src/text/listed.js';

test('of many words the first are told, and how many more there are', () => {
	expect(listed([])).toBe('');
	expect(listed(['a', 'b', 'c'], 3)).toBe('a, b, c');
	expect(listed(['a', 'b', 'c', 'd', 'e'], 3)).toBe('a, b, c and 2 more');
});
