import {expect, test} from 'vitest';
import {nearest} from '../../src/text/nearest.js';

test.each([
	['aprovals', 'approvals'],
	['modle', 'model'],
	['MODEL', 'model'],
	['provdier', 'provider'],
	['xyz', undefined],
	['', undefined],
])('"%s" means %s', (typed, meant) => {
	expect(nearest(typed, ['approvals', 'model', 'mouse', 'provider'])).toBe(meant);
});
