import {expect, test} from 'vitest';
import {crop} from '../../components/crop.js';
import {snapshotOf} from '../support/window.js';

const rows = Array.from({length: 24}, (_, row) => `row ${row}`.padEnd(80, '.'));
const full = {...snapshotOf(1, rows), rows: 24, cols: 80, isAlternateScreen: true};

test('a smaller view stands around the cursor', () => {
	const shown = crop({...full, cursor: {row: 20, column: 70, isVisible: true}}, 40, 10);
	expect(shown).toMatchObject({top: 11, left: 31, isCut: true});
});

test('where a full-screen program hides its cursor the view stands at the start', () => {
	const shown = crop({...full, cursor: {row: 20, column: 70, isVisible: false}}, 40, 10);
	expect(shown).toMatchObject({top: 0, left: 0});
	expect(shown.rows[0]).toContain('row 0');
});

test('where lines are printed below each other the newest are seen, with or without a cursor', () => {
	const printed = {...full, isAlternateScreen: false, cursor: {row: 20, column: 0, isVisible: false}};
	expect(crop(printed, 40, 10)).toMatchObject({top: 11, left: 0});
});
