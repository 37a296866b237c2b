// History, files after `@` and words of shell lines, in the composer.
import {afterEach, expect, test} from 'vitest';
import type {Files} from '../../components/completing.js';
import type {DurableEvent} from '../../src/events.js';
import {foldAll} from '../support/fold.js';
import {openWindow, type Window} from '../support/window.js';

const open: Window[] = [];
const show = async (options: Parameters<typeof openWindow>[0] = {}): Promise<Window> => {
	const window = await openWindow(options);
	open.push(window);
	return window;
};
afterEach(() => {
	for (const window of open.splice(0)) window.unmount();
});

const paths = ['src/login.ts', 'src/logs.ts', 'docs/with space.md'];
let told: () => void = () => {};
const files = (known: readonly string[] = paths): Files => ({
	find: query => known.filter(path => path.includes(query)),
	subscribe(listener) {
		told = listener;
		return () => {};
	},
	completeShellWord: async line => {
		const at = line.lastIndexOf(' ') + 1;
		const names = ['src/', 'server.js', 'server.test.js', 'my\\ file'];
		return {head: line.slice(0, at), words: names.filter(name => name.startsWith(line.slice(at)))};
	},
});

test('a mention offers files; Enter writes the chosen one and the next Enter sends', async () => {
	const window = await show({files: files()});
	await window.type('look at @log');
	await window.waitFor(/▸ src\/login\.ts[\s\S]*src\/logs\.ts/);
	await window.press('down', 'enter');
	await window.waitFor('› look at @src/logs.ts');
	expect(window.callsOf('submit')).toEqual([]);
	await window.type('please');
	await window.press('enter');
	expect(window.callsOf('submit')).toEqual([['look at @src/logs.ts please']]);
});

test('a file with blanks is quoted, also in the middle of a text, and a long paste stays whole', async () => {
	const window = await show({files: files()});
	const pasted = 'x\n'.repeat(50);
	await window.paste(pasted);
	await window.type(' and now');
	await window.press(...Array<string>(4).fill('left'));
	await window.type(' @with');
	await window.press('tab', 'enter');
	const [[sent = '']] = window.callsOf('submit') as [[string]];
	expect(sent).toContain('and @"docs/with space.md"  now');
	expect(sent).toContain('x\nx\nx');
});

test('what is written in full sends at once; an address is no mention', async () => {
	const window = await show({files: files()});
	await window.type('@src/login.ts');
	await window.press('enter');
	await window.type('mail ada@log');
	await window.press('enter');
	expect(window.callsOf('submit')).toEqual([['@src/login.ts'], ['mail ada@log']]);
});

test('files that become known while one types are offered then', async () => {
	const known: string[] = [];
	const window = await show({files: files(known)});
	await window.type('@new');
	expect(await window.text()).not.toContain('▸');
	known.push('src/new.ts');
	told();
	await window.waitFor('▸ src/new.ts');
});

test('Tab in a shell line completes what is certain, then offers what there is', async () => {
	const window = await show({files: files()});
	await window.type('!node se');
	await window.press('tab');
	await window.waitFor('$ !node server.');
	await window.press('tab');
	await window.waitFor(/▸ server\.js[\s\S]*server\.test\.js/);
	await window.press('down', 'tab');
	await window.waitFor('$ !node server.test.js');
	await window.type('sr');
	await window.press('tab');
	await window.waitFor('!node server.test.js src/');
	await window.press('enter');
	expect(window.callsOf('submit')).toEqual([['!node server.test.js src/']]);
});

test('Enter in a shell line runs it, however many files there are', async () => {
	const window = await show({files: files()});
	await window.type('!echo @log');
	await window.press('enter');
	expect(window.callsOf('submit')).toEqual([['!echo @log']]);
});

test('Up goes back through what was sent in earlier sessions', async () => {
	let asked = 0;
	const sent = () => {
		asked++;
		return ['older', 'newer'];
	};
	const window = await show({sent});
	expect(asked).toBe(0);
	await window.type('now');
	await window.press('enter', 'up', 'up');
	await window.waitFor('› newer');
	await window.press('up');
	await window.waitFor('› older');
	expect(asked).toBe(1);
});

test('when the composer was cleared, Up begins at the newest again', async () => {
	const window = await show({sent: () => ['oldest', 'older', 'newer']});
	await window.press('up', 'up');
	await window.waitFor('› older');
	await window.press('ctrl+c', 'up');
	await window.waitFor('› newer');
});

test('Up goes first through the conversation that was resumed, then through what else was sent here', async () => {
	const window = await show({sent: () => ['fix it', 'of another session']});
	await window.type('/resume');
	await window.press('enter');
	const events: DurableEvent[] = [
		{type: 'session.started', sessionId: 's2', workspace: '/app', model: '', tandem: '0', at: 1},
		{type: 'message.sent', messageId: 'm1', text: 'fix it', notices: [], told: [], at: 2},
		{type: 'shell.sent', shellId: 'x1', cmd: 'npm test', at: 3},
	];
	window.emit({type: 'session.replaced', sessionId: 's2', conversation: foldAll(events)});
	for (const text of ['$ !npm test', '› fix it', '› /resume', '› of another session']) {
		await window.press('up');
		await window.waitFor(text);
	}
});

test('Ctrl+R finds an earlier message; Enter takes it, Esc leaves everything as it was', async () => {
	const window = await show({sent: () => ['fix the login', '!npm test', 'fix the logout']});
	await window.type('draft');
	await window.press('ctrl+r');
	await window.waitFor(/▸ fix the logout[\s\S]*!npm test[\s\S]*fix the login\b/);
	await window.type('fix');
	expect((await window.lines()).at(-1)).toBe(' search what you sent: fix');
	await window.press('ctrl+r', 'enter');
	await window.waitFor('› fix the login');
	await window.press('ctrl+r', 'n', 'escape');
	await window.waitFor('› fix the login');
	expect(await window.text()).not.toContain('▸');
});
