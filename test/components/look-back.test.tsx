// Looking back in an open terminal: search with earlier and later matches, and back to the live screen.
import {afterEach, expect, test} from 'vitest';
import {openWindow, snapshotOf, terminal, type Window} from '../support/window.js';

const open: Window[] = [];
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const log = Array.from({length: 500}, (_, index) => (index % 100 === 7 ? `error ${index}` : `line ${index}`));
const job = terminal(1, 'job', {lineCount: log.length});

const look = async (
	how: 'terminal.opened' | 'terminal.entered' = 'terminal.opened',
	lineCount = job.lineCount,
) => {
	const window = await openWindow({
		state: {terminals: [{...job, lineCount}]},
		events: [{type: how, terminalId: 1}],
		log,
		snapshot: snapshotOf(1, ['live screen']),
	});
	open.push(window);
	return window;
};

test('finds the newest match, earlier ones and later ones, while output arrives', async () => {
	const window = await look();
	await window.press('ctrl+f');
	await window.type('error');
	await window.press('enter');
	await window.waitFor('error 407');
	window.emit({type: 'terminal.changed', terminal: {...job, lineCount: 510, revision: 2}});
	window.show(snapshotOf(1, ['newer live screen']));
	await window.press('f3');
	await window.waitFor('error 307');
	expect(await window.text()).not.toContain('live screen');
	await window.press('shift+f3');
	await window.waitFor('error 407');
	await window.press('shift+f3');
	await window.waitFor('no later match');
	await window.press('end');
	await window.waitFor('newer live screen');
});

test('from inside, Ctrl+] and / give it back and search, n and N go on', async () => {
	const window = await look('terminal.entered');
	await window.press('ctrl+]', '/');
	expect(window.callsOf('giveBack')).toHaveLength(1);
	await window.type('ERROR 2');
	await window.press('enter');
	await window.waitFor('no earlier match for ERROR 2');
	await window.press('ctrl+f');
	await window.type('error');
	await window.press('enter');
	await window.waitFor('error 407');
	await window.press('ctrl+]', 'n');
	await window.waitFor('error 307');
	await window.press('ctrl+]', 'N');
	await window.waitFor('error 407');
});

test('without a search F3 says in the frame how to begin one', async () => {
	const window = await look();
	await window.press('f3');
	await window.waitFor('ctrl+f searches');
});

test('where nothing was printed the live screen stays, and that is said', async () => {
	const window = await look('terminal.opened', 0);
	await window.press('pageup');
	await window.waitFor('nothing to scroll back to');
	expect(await window.text()).toContain('live screen');
});
