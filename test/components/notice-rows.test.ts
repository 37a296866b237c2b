import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {entryRows} from '../../components/entries/rows.js';
import type {Entry} from '../../src/state.js';

/** What a person reads, without colours and looks. */
const rowsOf = (entry: Entry): string => stripVTControlCharacters(entryRows(entry, undefined, 80).join('\n'));
const notice = 'Terminal 1 (build) ended.\n<terminal-output>\nbuilt <\\/terminal-output>\n</terminal-output>';

test('what woke the model stands without words of a person, and without the marks that are for the model', () => {
	const rows = rowsOf({kind: 'user', id: 'm1', text: '', notices: [notice]});
	expect(rows).not.toContain('›');
	expect(rows).toContain('↳ Terminal 1 (build) ended.');
	expect(rows).toContain('built <\\/terminal-output>');
	expect(rows).not.toMatch(/^\W*<\/?terminal-output>\W*$/m);
});

test('beside words of a person it stands below them', () => {
	const rows = rowsOf({kind: 'user', id: 'm1', text: 'and now?', notices: [notice]});
	expect(rows.indexOf('and now?')).toBeGreaterThanOrEqual(0);
	expect(rows.indexOf('↳')).toBeGreaterThan(rows.indexOf('and now?'));
});
