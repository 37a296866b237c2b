import {expect, test} from 'vitest';
import {
	type Command,
	findCommand,
	noSuchCommand,
	parseLine,
	parseShellLine,
	tooMany,
} from '../src/command.js';

const command = (name: string, ...aliases: string[]): Command => ({
	name,
	aliases,
	summary: '',
	usage: `/${name}`,
	run: () => {},
});
const commands = ['ps', 'stop', 'status', 'experimental', 'resume', 'restart'].map(name => command(name));
const all = [...commands, command('quit', 'exit', 'q'), command('help', '?')];

test.each([
	['!npm test', 'npm test'],
	['  ! ls -l ', 'ls -l'],
	['!', ''],
	['!a\nb', 'a\nb'],
	['say !', undefined],
	['/ps', undefined],
])('the shell line %j runs %j', (line, cmd) => expect(parseShellLine(line)).toBe(cmd));

test.each([
	['/ps', {name: 'ps', args: []}],
	['  /PS  ', {name: 'ps', args: []}],
	['/stop dev api', {name: 'stop', args: ['dev', 'api']}],
	['/stop "my server"  \'a b\'', {name: 'stop', args: ['my server', 'a b']}],
	['/stop my\\ server ""', {name: 'stop', args: ['my server', '']}],
	['/logs "a \\" b" \'c\\d\'', {name: 'logs', args: ['a " b', 'c\\d']}],
	['/stop "never closed', {name: 'stop', args: ['never closed']}],
	['/init line\nnext', {name: 'init', args: ['line', 'next']}],
	['/?', {name: '?', args: []}],
	['/etc/hosts is odd', undefined],
	['/', undefined],
	['//x', undefined],
	['hello /ps', undefined],
	['', undefined],
])('%j is parsed', (line, parsed) => {
	expect(parseLine(line)).toEqual(parsed);
});

test.each([
	['ps', 'ps'],
	['exit', 'quit'],
	['?', 'help'],
	['exp', 'experimental'],
	['sto', 'stop'],
	['st', undefined],
	['re', undefined],
	['nothing', undefined],
])('/%s finds %s', (name, found) => {
	expect(findCommand(all, name)?.name).toBe(found);
});

test('a mistyped name is answered with the nearest one', () => {
	expect(noSuchCommand(all, 'exprimental')).toBe(
		'There is no /exprimental. Did you mean /experimental? /help lists the commands.',
	);
	expect(noSuchCommand(all, 'xyzzy')).toBe('There is no /xyzzy. /help lists the commands.');
});

test('a word too many is not passed over in silence', () => {
	const logs = {...command('logs'), usage: '/logs [id|name]', takes: 1};
	expect(tooMany(command('new'), [])).toBeUndefined();
	expect(tooMany(command('new'), ['topic'])).toBe('Nothing was done: /new takes nothing after it.');
	expect(tooMany(logs, ['dev'])).toBeUndefined();
	expect(tooMany(logs, ['dev', 'api'])).toBe('Nothing was done: that is more than /logs [id|name] takes.');
});
