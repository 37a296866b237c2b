import {expect, test} from 'vitest';
import {helpText, parseArguments} from '../../src/cli/arguments.js';
import {verbHelp, verbs} from '../../src/cli/verbs.js';

const none = {cwd: undefined, model: undefined, approvals: undefined, isTrusted: false, config: []};

test('words are the prompt', () => {
	expect(parseArguments([])).toEqual({kind: 'window', prompt: undefined, options: none});
	expect(parseArguments(['fix', 'the bug'])).toEqual({kind: 'window', prompt: 'fix the bug', options: none});
});

test('options may stand anywhere and be joined to their value', () => {
	expect(
		parseArguments([
			'-C',
			'/x',
			'go',
			'--model=m=1',
			'-afull',
			'--trust',
			'--config',
			'mouse=false',
			'--config=a=b',
		]),
	).toEqual({
		kind: 'window',
		prompt: 'go',
		options: {cwd: '/x', model: 'm=1', approvals: 'full', isTrusted: true, config: ['mouse=false', 'a=b']},
	});
});

test('what stands behind -- is prompt, whatever it looks like', () => {
	expect(parseArguments(['--', 'resume'])).toMatchObject({kind: 'window', prompt: 'resume'});
	expect(parseArguments(['--', '--help'])).toMatchObject({kind: 'window', prompt: '--help'});
});

test('resume takes a session, the last one, or none', () => {
	expect(parseArguments(['resume'])).toEqual({kind: 'resume', id: undefined, isLast: false, options: none});
	expect(parseArguments(['-m', 'x', 'resume', 'abc'])).toMatchObject({kind: 'resume', id: 'abc'});
	expect(parseArguments(['resume', '--last'])).toMatchObject({kind: 'resume', isLast: true});
});

test('demo is a verb of its own, with the usual options', () => {
	expect(parseArguments(['demo', '-a', 'full'])).toEqual({
		kind: 'demo',
		options: {...none, approvals: 'full'},
	});
	expect(helpText).toContain('tandem demo');
});

test('host passes its arguments on unread', () => {
	expect(parseArguments(['host', '--model'])).toEqual({kind: 'host', args: ['--model']});
});

test('every verb has a help of its own that fits a screen', () => {
	for (const verb of verbs) {
		expect(parseArguments([verb.name, '--help'])).toEqual({kind: 'help', verb});
		const help = verbHelp(verb);
		expect(help).toContain(`Usage: tandem ${verb.name}`);
		for (const line of help.split('\n')) expect(line.length).toBeLessThan(80);
		for (const [form] of verb.rows) expect(helpText).toContain(`tandem ${form}`);
	}
});

test('help and version win over the rest', () => {
	expect(parseArguments(['fix', '--help'])).toEqual({kind: 'help'});
	expect(parseArguments(['-h'])).toEqual({kind: 'help'});
	expect(parseArguments(['--version'])).toEqual({kind: 'version'});
});

test.each([
	[['--modle', 'x'], 'Unknown option --modle; did you mean --model?'],
	[['--frobnicate'], 'Unknown option --frobnicate\n'],
	[['-x'], 'Unknown option -x'],
	[['-m'], '-m needs a value'],
	[['--model='], '--model needs a value'],
	[['--trust=yes'], '--trust takes no value'],
	[['-a', 'yolo'], '-a can\'t be "yolo"; allowed: ask, auto-edit, full.'],
	[['--last'], 'tandem resume --last'],
	[['resume', 'a', 'b'], 'one session, not 2'],
	[['resume', 'a', '--last'], 'not both'],
	[['resmue'], 'did you mean resume?'],
	[['dmo'], 'did you mean demo?'],
	[['--trust', 'ps'], 'Of the options only -C may stand before ps: tandem [-C DIR] ps'],
	[['-m', 'x', 'run', '--', 'npm', 'test'], 'only -C may stand before run'],
	[['demo', 'the', 'shop'], 'tandem -- demo'],
	[['demo', '-C', '/x'], 'leave out -C'],
	[['demo', '--last'], 'tandem resume --last'],
])('%j is a usage error that says what to do', (args, message) => {
	const invocation = parseArguments(args);
	expect(invocation.kind).toBe('usage-error');
	if (invocation.kind === 'usage-error') expect(invocation.message).toContain(message);
});

test('the help names every option and fits a terminal of 80 columns', () => {
	for (const option of [
		'-C',
		'--model',
		'--approvals',
		'--trust',
		'--config',
		'--version',
		'--help',
		'--last',
	]) {
		expect(helpText).toContain(option);
	}
	for (const line of helpText.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
