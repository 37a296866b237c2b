import {expect, test} from 'vitest';
import {defaultFeatures, features} from '../src/features.js';

test('the defaults are those of the table', () => {
	expect(defaultFeatures()).toEqual(
		Object.fromEntries(features.map(({key, isOnByDefault}) => [key, isOnByDefault])),
	);
});
