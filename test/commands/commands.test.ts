import {expect, test} from 'vitest';
import {commands} from '../../commands/index.js';
import type {Actions} from '../../src/actions.js';
import {initialState, type State} from '../../src/state.js';
import {terminal} from '../support/window.js';

const dev = terminal(1, 'dev');
const tests = terminal(4, 'tests');
const build = terminal(3, 'build', {state: {kind: 'ended', exit: {code: 0}, at: 0}});

const run = (line: string, change: Partial<State> = {}): [string, ...unknown[]][] => {
	const calls: [string, ...unknown[]][] = [];
	const actions = new Proxy({} as Actions, {
		get:
			(_target, name: string) =>
			(...args: unknown[]) =>
				calls.push([name, ...args]),
	});
	const [name, ...args] = line.slice(1).split(' ');
	const command = commands.find(each => each.name === name || each.aliases?.includes(name ?? ''));
	const state = {...initialState('/w', 's'), terminals: [dev, tests, build], ...change};
	command?.run({state, actions, commands}, args);
	return calls;
};

test('/ps opens the list, or the terminal that is named', () => {
	expect(run('/ps')).toEqual([['openOverlay', 'ps']]);
	expect(run('/ps tests')).toEqual([['openTerminal', 4]]);
	expect(run('/ps 3')).toEqual([['openTerminal', 3]]);
});

test('/ps with a wrong name says which there are', () => {
	expect(run('/ps api')).toEqual([['notice', 'No terminal api. There are: dev (1), tests (4), build (3).']]);
	expect(run('/ps api', {terminals: []})).toEqual([['notice', 'No terminal api. There are no terminals.']]);
	const many = Array.from({length: 64}, (_, index) => terminal(index + 1, `job-${index + 1}`));
	expect(run('/ps api', {terminals: many})).toEqual([
		['notice', expect.stringMatching(/job-10 \(10\) and 54 more\.$/)],
	]);
});

test('/stop stops one or all that run', () => {
	expect(run('/stop dev')).toEqual([['stopTerminals', [1]]]);
	expect(run('/stop all')).toEqual([['stopTerminals', [1, 4]]]);
});

test('/stop alone means the open terminal, or the only one that runs, and asks otherwise', () => {
	const {ui} = initialState('/w', 's');
	expect(run('/stop', {ui: {...ui, openTerminal: 4}})).toEqual([['stopTerminals', [4]]]);
	expect(run('/stop', {terminals: [dev, build]})).toEqual([['stopTerminals', [1]]]);
	expect(run('/stop')).toEqual([['notice', expect.stringContaining('Which one?')]]);
});

test('/stop says why it stops nothing', () => {
	expect(run('/stop build')).toEqual([['notice', 'build (3) is not running.']]);
	expect(run('/stop', {terminals: []})).toEqual([['notice', 'No terminal is running.']]);
});

test('/approvals lets one choose a mode, sets it, and refuses one that does not exist', () => {
	expect(run('/approvals')).toEqual([['openOverlay', 'approvals']]);
	expect(run('/approvals full')).toEqual([['setMode', 'full']]);
	expect(run('/approvals yolo')).toEqual([
		['notice', 'No approval mode yolo. There are: ask, auto-edit, full.'],
	]);
});

test('/model opens the list, or takes a model of the server that has it', () => {
	const listing = (provider: string, models: string[]) => ({
		provider,
		address: 'http://x/v1',
		origin: 'configuration' as const,
		models,
		state: {kind: 'listed' as const},
	});
	const modelSources = [listing('home', ['qwen3', 'both']), listing('work', ['gpt-5.5', 'both'])];
	const model = {kind: 'ready' as const, provider: 'work', name: 'gpt-5.5'};
	expect(run('/model')).toEqual([['openModels']]);
	expect(run('/model qwen3', {modelSources, model})).toEqual([
		['chooseModel', {provider: 'home', model: 'qwen3'}],
	]);
	expect(run('/model both', {modelSources, model})).toEqual([
		['chooseModel', {provider: 'work', model: 'both'}],
	]);
	expect(run('/model new', {modelSources, model})).toEqual([
		['chooseModel', {provider: 'work', model: 'new'}],
	]);
	expect(run('/model home new')).toEqual([['chooseModel', {provider: 'home', model: 'new'}]]);
	expect(run('/model new')).toEqual([
		['notice', expect.stringContaining('Which server has new?'), 'warning'],
	]);
});

test('commands that only open something open it, by their aliases too', () => {
	expect(run('/experimental')).toEqual([['openOverlay', 'experimental']]);
	expect(run('/status')).toEqual([['openOverlay', 'status']]);
	expect(run('/help')).toEqual([['openOverlay', 'help']]);
	expect(run('/new')).toEqual([['newSession']]);
	expect(run('/exit')).toEqual([['quit']]);
});

test('/restart, /logs and /copy mean the terminal that is named, that is open, or the only one', () => {
	expect(run('/restart dev')).toEqual([['restartTerminal', 1]]);
	expect(run('/logs 3')).toEqual([['openLog', 3, '']]);
	expect(run('/copy build')).toEqual([['copyOutput', 3]]);
	expect(run('/copy')).toEqual([['copyAnswer']]);
	expect(run('/logs', {ui: {...initialState('/w', 's').ui, openTerminal: 4}})).toEqual([['openLog', 4, '']]);
	expect(run('/restart', {terminals: [build]})).toEqual([['restartTerminal', 3]]);
	expect(run('/restart')).toEqual([
		['notice', 'Which one? /restart with one of: dev (1), tests (4), build (3).'],
	]);
	expect(run('/logs api')).toEqual([['notice', expect.stringContaining('No terminal api')]]);
	expect(run('/logs', {terminals: []})).toEqual([['notice', 'There are no terminals.']]);
});

test('names and aliases are unique', () => {
	const names = commands.flatMap(({name, aliases = []}) => [name, ...aliases]);
	expect(new Set(names).size).toBe(names.length);
});

test('every command takes as many words as its usage shows', () => {
	const shown = commands.map(({name, usage}) => [name, usage.split('[').length - 1]);
	expect(commands.map(({name, takes}) => [name, takes ?? 0])).toEqual(shown);
});
