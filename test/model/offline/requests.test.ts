import {expect, test} from 'vitest';
import {knownRequests, understand} from '../../../src/model/offline/requests.js';

test.each<[string, object]>([
	['run npm test', {kind: 'run', cmd: 'npm test'}],
	['Run `npm test`.', {kind: 'run', cmd: 'npm test'}],
	['Could you please run "npm test", please?', {kind: 'run', cmd: 'npm test'}],
	['execute ls -l | sort!', {kind: 'run', cmd: 'ls -l | sort'}],
	['start npm run dev as web', {kind: 'start', cmd: 'npm run dev', name: 'web'}],
	['start \'npm run dev\' as "web"', {kind: 'start', cmd: 'npm run dev', name: 'web'}],
	['START sleep 5', {kind: 'start', cmd: 'sleep 5', name: undefined}],
	['wait until ready in web', {kind: 'wait', until: {pattern: 'ready'}, terminal: 'web'}],
	[
		'wait for /ready in \\d+ ms/ in web.',
		{kind: 'wait', until: {pattern: 'ready in \\d+ ms'}, terminal: 'web'},
	],
	['wait until web listens', {kind: 'wait', until: {port: true}, terminal: 'web'}],
	['wait until build ends', {kind: 'wait', until: {exit: true}, terminal: 'build'}],
	['show web', {kind: 'show', terminal: 'web'}],
	['show me terminal 2', {kind: 'show', terminal: '2'}],
	['type 1 + 1 into node', {kind: 'type', text: '1 + 1', isLine: true, terminal: 'node'}],
	['type "into the woods" into sh', {kind: 'type', text: 'into the woods', isLine: true, terminal: 'sh'}],
	['type y into npm without enter', {kind: 'type', text: 'y', isLine: false, terminal: 'npm'}],
	['press ctrl+c in web', {kind: 'press', keys: ['C-c'], terminal: 'web'}],
	['press Escape, : q and Enter in vim', {kind: 'press', keys: ['Esc', ':', 'q', 'Enter'], terminal: 'vim'}],
	[
		'press ctrl-alt-x ^C F5 shift+Tab in 3',
		{kind: 'press', keys: ['C-M-x', '^C', 'F5', 'S-Tab'], terminal: '3'},
	],
	["what's running?", {kind: 'list'}],
	['What is running', {kind: 'list'}],
	['stop web', {kind: 'stop', terminal: 'web'}],
	['apply fix.patch', {kind: 'apply', path: 'fix.patch'}],
	['Help!', {kind: 'help'}],
])('%s', (sentence, request) => {
	expect(understand(sentence)).toEqual(request);
});

test.each(['run ls .', 'run cp a ..', 'run git add .'])('a dot that is an argument stays: %s', sentence => {
	expect(understand(sentence)).toEqual({kind: 'run', cmd: sentence.slice('run '.length)});
});

test.each(['run "a b" "c d"', "run echo 'x'"])('quotes of arguments stay: %s', sentence => {
	expect(understand(sentence)).toEqual({kind: 'run', cmd: sentence.slice('run '.length)});
});

test.each(['run the tests', 'start the dev server and fix the login route', 'run all tests as t'])(
	'words that are no command are not run: %s',
	sentence => {
		expect(understand(sentence).kind).toBe('no-command');
	},
);

test.each(['hello', 'why does the build fail?', 'running', 'type hello', '', 'show me the money now'])(
	'anything else is not understood: %s',
	sentence => {
		expect(understand(sentence).kind).toBe('unknown');
	},
);

test('every request of the list for people is understood', () => {
	for (const [request] of knownRequests) {
		expect(['unknown', 'no-command'], request).not.toContain(understand(request).kind);
	}
});
