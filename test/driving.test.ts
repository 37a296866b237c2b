import {afterEach, expect, test, vi} from 'vitest';
import {createDriving, settleMs} from '../src/driving.js';
import type {Event} from '../src/events.js';
import {initialState} from '../src/state.js';
import {createStore} from '../src/store.js';
import {createMemoryHost} from './support/memory-host.js';
import {until} from './support/until.js';

afterEach(() => {
	vi.useRealTimers();
});

const start = async () => {
	const host = createMemoryHost();
	const store = createStore(initialState('/app', 's1'));
	const notices: string[] = [];
	const show = (event: Event) => store.dispatch(event, true);
	const driving = createDriving({store, host, client: 'me', show, notice: text => notices.push(text)});
	host.subscribe(event => {
		show(event);
		driving.follow(event);
	});
	const command = {cmd: 'cat', cwd: '/', tty: true, env: {}, cols: 80, rows: 24, startedBy: 'model'} as const;
	await host.start(command);
	await host.start({...command, name: 'other'});
	await host.start({...command, tty: false, name: 'pipe'});
	const info = async (id = 1) => (await host.list()).find(terminal => terminal.id === id);
	return {host, store, driving, notices, info, inside: () => store.get().ui.inside};
};

test('taking over opens the terminal, claims it, and what is typed goes to it in order', async () => {
	const {host, store, driving, info} = await start();
	driving.takeOver(1);
	expect(store.get().ui).toMatchObject({openTerminal: 1, inside: 'driving'});
	driving.typeInside({chars: 'a'});
	driving.typeInside({chars: 'b'});
	await until(() => host.typed.length === 2);
	expect(host.typed).toEqual(['a', 'b']);
	expect(await info()).toMatchObject({driver: 'user', driverClient: 'me'});
	driving.giveBack();
	await until(async () => (await info())?.driver === 'model');
	expect(store.get().ui).toMatchObject({openTerminal: 1, inside: undefined});
});

test('outside, nothing is typed', async () => {
	const {host, driving} = await start();
	driving.typeInside({chars: 'a'});
	driving.takeOver(1);
	driving.giveBack();
	driving.typeInside({chars: 'b'});
	driving.takeOver(2);
	driving.typeInside({chars: 'c'});
	await until(() => host.typed.length > 0);
	expect(host.typed).toEqual(['c']);
});

test('a pipe, an ended and an unknown terminal can’t be taken over, and it is said', async () => {
	const {host, driving, notices, inside} = await start();
	await host.stop(2);
	for (const id of [2, 3, 9]) driving.takeOver(id);
	expect(inside()).toBeUndefined();
	expect(notices).toEqual([
		expect.stringContaining('does not run'),
		expect.stringContaining('pipe'),
		expect.stringContaining('no terminal 9'),
	]);
});

test('the end of the program leaves the person inside: keys on their way reach nobody', async () => {
	const {host, driving, inside} = await start();
	driving.takeOver(1);
	await host.stop(1);
	expect(inside()).toBe('displaced');
	driving.typeInside({chars: 'rm -rf\r'});
	expect(host.typed).toEqual([]);
});

test('who types on after the end is not yet back; who has stopped is', async () => {
	const {host, store, driving} = await start();
	driving.takeOver(1);
	vi.useFakeTimers();
	await host.stop(1);
	const isSettled = () => store.get().ui.isSettled;
	vi.advanceTimersByTime(settleMs - 1);
	expect(isSettled()).toBe(false);
	driving.typeInside({chars: 'x'});
	vi.advanceTimersByTime(settleMs - 1);
	expect(isSettled()).toBe(false);
	vi.advanceTimersByTime(1);
	expect(isSettled()).toBe(true);
	driving.typeInside({chars: 'x'});
	expect(isSettled()).toBe(false);
	expect(host.typed).toEqual([]);
});

test('who switches to and fro stays inside: the answer to an earlier claim confirms nothing', async () => {
	const {host, driving, inside, info} = await start();
	const {drive} = host;
	const answers: (() => void)[] = [];
	host.drive = async (id, request) => {
		const outcome = await drive(id, request);
		await new Promise<void>(answer => answers.push(answer));
		return outcome;
	};
	for (const id of [1, 2, 1]) driving.takeOver(id);
	// Claimed, given back, claimed, given back, claimed.
	await until(() => answers.length === 5);
	const current = await info();
	answers[0]?.();
	await info();
	if (current)
		host.emit({type: 'terminal.changed', terminal: {...current, driver: 'model', driverClient: ''}});
	expect(inside()).toBe('driving');
	for (const answer of answers) answer();
	await info();
	expect(inside()).toBe('driving');
});

test('another window that takes the terminal over displaces this one', async () => {
	const {host, driving, inside, info} = await start();
	driving.takeOver(1);
	await until(async () => (await info())?.driverClient === 'me');
	await host.drive(1, {driver: 'user', client: 'other', cols: 10, rows: 10});
	expect(inside()).toBe('displaced');
	driving.giveBack();
	expect(await info()).toMatchObject({driverClient: 'other'});
});

test('a lost connection takes the claim along, and it is made again', async () => {
	const {host, driving, inside, info} = await start();
	driving.takeOver(1);
	await until(async () => (await info())?.driverClient === 'me');
	host.emit({type: 'host.lost', reason: 'x'});
	await host.drive(1, {driver: 'model', client: 'me'});
	host.emit({type: 'host.connected', terminals: await host.list()});
	await until(async () => (await info())?.driverClient === 'me');
	expect(inside()).toBe('driving');
});

test('a click is told in the terminal’s own cells, and beside it to nobody', async () => {
	const {host, driving} = await start();
	const clicks: unknown[] = [];
	const {write} = host;
	host.write = (id, input) => {
		clicks.push(input.mouse);
		return write(id, input);
	};
	driving.placeView({cols: 20, rows: 5, left: 30, top: 2});
	driving.takeOver(1);
	const click = {action: 'press', button: 'left', shift: false, alt: false, ctrl: false} as const;
	driving.clickInside({...click, column: 33, row: 2});
	for (const [column, row] of [
		[29, 2],
		[33, 1],
		[50, 3],
		[33, 7],
	] as const) {
		driving.clickInside({...click, column, row});
	}
	await until(() => clicks.length > 0);
	expect(clicks).toEqual([{...click, column: 3, row: 0}]);
});
