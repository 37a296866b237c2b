import {chmod, mkdir, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {applyPatch} from '../../src/tools/apply-patch.js';
import {patchInCommand} from '../../src/tools/patch-command.js';
import {createContext, temporaryFolder} from './context.js';

const patchOf = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

const workspaceWith = async (files: Record<string, string>) => {
	const folder = await temporaryFolder();
	for (const [path, text] of Object.entries(files)) {
		await mkdir(join(folder, path, '..'), {recursive: true});
		await writeFile(join(folder, path), text);
	}
	const context = createContext(folder);
	const tool = applyPatch();
	return {
		folder,
		context,
		tool,
		patch: (...lines: string[]) => tool.run({input: patchOf(...lines)}, context),
		text: (path: string) => readFile(join(folder, path), 'utf8'),
	};
};

test('adds, updates, moves and deletes files in one patch and says so', async () => {
	const {patch, text, folder} = await workspaceWith({
		'a.txt': 'one\ntwo\nthree\n',
		'b.txt': 'x\n',
		'gone.txt': 'bye\n',
	});
	const result = await patch(
		'*** Add File: deep/new.txt',
		'+hello',
		'+world',
		'*** Update File: a.txt',
		'@@',
		' one',
		'-two',
		'+TWO',
		' three',
		'*** Update File: b.txt',
		'*** Move to: c.txt',
		'@@',
		'-x',
		'+y',
		'*** Delete File: gone.txt',
	);
	expect(result.output).toBe(
		'Success. Updated the following files:\nA deep/new.txt\nM a.txt\nD b.txt\nA c.txt\nD gone.txt',
	);
	expect(await text('deep/new.txt')).toBe('hello\nworld\n');
	expect(await text('a.txt')).toBe('one\nTWO\nthree\n');
	expect(await text('c.txt')).toBe('y\n');
	expect((await readdir(folder)).sort()).toEqual(['a.txt', 'c.txt', 'deep']);
	expect(result.display).toMatchObject({added: 4, removed: 3});
});

test('the diff is a unified one with three lines of context', async () => {
	const lines = Array.from({length: 20}, (_, index) => `line ${index + 1}`);
	const {patch} = await workspaceWith({'a.txt': `${lines.join('\n')}\n`});
	const result = await patch(
		'*** Update File: a.txt',
		'@@',
		' line 9',
		'-line 10',
		'+ten',
		'+and a half',
		' line 11',
	);
	expect(result.display?.diff).toBe(
		[
			'--- a.txt',
			'+++ a.txt',
			'@@ -7,7 +7,8 @@',
			' line 7',
			' line 8',
			' line 9',
			'-line 10',
			'+ten',
			'+and a half',
			' line 11',
			' line 12',
			' line 13',
		].join('\n'),
	);
});

test('CRLF endings, a missing final newline, the byte order mark and the mode are kept', async () => {
	const {patch, text, folder} = await workspaceWith({'a.txt': '\ufeffone\r\ntwo\r\nthree'});
	await chmod(join(folder, 'a.txt'), 0o755);
	await patch('*** Update File: a.txt', '@@', '-one', '+ONE', ' two', '-three', '+THREE', '+four');
	expect(await text('a.txt')).toBe('\ufeffONE\r\ntwo\r\nTHREE\r\nfour');
	expect((await stat(join(folder, 'a.txt'))).mode & 0o777).toBe(0o755);
});

test('a file of more lines than a call may have arguments is patched, and deleted', async () => {
	const lines = Array.from({length: 200_000}, (_, index) => `line ${index}`);
	const {patch, text} = await workspaceWith({
		'a.txt': `${lines.join('\n')}\n`,
		'b.txt': `${lines.join('\n')}\n`,
	});
	const result = await patch(
		'*** Update File: a.txt',
		'@@',
		'-line 199990',
		'+changed',
		'*** Delete File: b.txt',
	);
	expect(result.output).toContain('Success');
	expect(await text('a.txt')).toBe(`${lines.with(199_990, 'changed').join('\n')}\n`);
});

test('mixed line endings of untouched lines stay as they are', async () => {
	const {patch, text} = await workspaceWith({'a.txt': 'one\r\ntwo\nthree\r\n'});
	await patch('*** Update File: a.txt', '@@', ' one', '-two', '+2', ' three');
	expect(await text('a.txt')).toBe('one\r\n2\nthree\r\n');
});

test('context is found with other trailing blanks and indentation, and keeps what the file has', async () => {
	const {patch, text} = await workspaceWith({'a.ts': 'if (x) {\n\t\tcall();   \n\treturn;\n}\n'});
	const result = await patch(
		'*** Update File: a.ts',
		'@@',
		' if (x) {',
		'   call();',
		'-  return;',
		'+\tbreak;',
	);
	expect(result.isError).toBeUndefined();
	expect(await text('a.ts')).toBe('if (x) {\n\t\tcall();   \n\tbreak;\n}\n');
});

test('an anchor chooses among equal places, several go from outer to inner', async () => {
	const source = ['class A', ' run()', '  go', 'class B', ' stop()', '  go', ' run()', '  go', ''].join('\n');
	const {patch, text} = await workspaceWith({'a.txt': source});
	await patch('*** Update File: a.txt', '@@ class B', '@@ run()', '-  go', '+  went');
	expect(await text('a.txt')).toBe(source.replace(/ {2}go\n$/, '  went\n'));
});

test('lines are added after the anchor, or at the end of the file', async () => {
	const {patch, text} = await workspaceWith({'a.txt': 'one\ntwo\n'});
	await patch('*** Update File: a.txt', '@@ one', '+after one', '@@', '+at the end');
	expect(await text('a.txt')).toBe('one\nafter one\ntwo\nat the end\n');
});

test('End of File takes the last of equal places', async () => {
	const {patch, text} = await workspaceWith({'a.txt': 'x\ny\nx\n'});
	await patch('*** Update File: a.txt', '@@', '-x', '+z', '*** End of File');
	expect(await text('a.txt')).toBe('x\ny\nz\n');
});

test('two sections of one file build on each other', async () => {
	const {patch, text} = await workspaceWith({'a.txt': 'one\n'});
	await patch(
		'*** Update File: a.txt',
		'@@',
		'-one',
		'+two',
		'*** Update File: a.txt',
		'@@',
		'-two',
		'+three',
	);
	expect(await text('a.txt')).toBe('three\n');
});

test('a hunk that does not match says which, shows the nearest lines, and nothing is changed', async () => {
	const {patch, text} = await workspaceWith({'a.txt': 'alpha\nbeta\ngamma\ndelta\n', 'b.txt': 'b\n'});
	const result = await patch(
		'*** Update File: b.txt',
		'@@',
		'-b',
		'+c',
		'*** Update File: a.txt',
		'@@',
		'-alpha',
		'+ALPHA',
		'@@',
		' gama',
		'-delta',
	);
	expect(result.isError).toBe(true);
	expect(result.output).toContain('Hunk 2 of a.txt (patch line 10) does not match');
	expect(result.output).toContain('3: gamma\n4: delta');
	expect(result.output).toContain('Nothing was changed.');
	expect(await text('b.txt')).toBe('b\n');
});

test('hunks in the wrong order are told where they would match', async () => {
	const {patch} = await workspaceWith({'a.txt': 'one\ntwo\n'});
	const result = await patch('*** Update File: a.txt', '@@', '-two', '@@', '-one');
	expect(result.output).toContain('it does at line 1: put the hunks in the order of the file');
});

test.each([
	['no beginning', 'hello', 'Patch line 1: expected `*** Begin Patch`, found "hello".'],
	[
		'no end',
		'*** Begin Patch\n*** Delete File: a',
		'Patch line 3: expected `*** End Patch` as the last line, the patch ends.',
	],
	[
		'a line after a file that is none',
		patchOf('*** Delete File: a', 'what'),
		'Patch line 3: expected `*** Add File: PATH`',
	],
	[
		'an added line without a plus',
		patchOf('*** Add File: a', 'what'),
		'Patch line 3: expected a line of a that begins with `+`, found "what".',
	],
	[
		'a hunk line of no kind',
		patchOf('*** Update File: a', '@@', 'what'),
		'Patch line 4: expected a line that begins with space, `+` or `-`',
	],
	['no files', patchOf(), 'expected at least one file'],
	[
		'commands after the end',
		`${patchOf('*** Delete File: a')}\nrm -rf /`,
		'expected `*** End Patch` as the last line',
	],
	[
		'an end in the middle',
		patchOf('*** Delete File: a', '*** End Patch', '*** Delete File: b'),
		'Patch line 3',
	],
])('a broken patch says line and what is expected: %s', async (_name, input, message) => {
	const {tool, context} = await workspaceWith({});
	const result = await tool.run({input}, context);
	expect(result).toMatchObject({isError: true, output: expect.stringContaining(message)});
	expect(await tool.approval?.({input}, context)).toBeUndefined();
});

test('a failure while preparing leaves nothing behind', async () => {
	const {patch, text, folder} = await workspaceWith({'a.txt': 'one\n'});
	const result = await patch('*** Add File: deep/er/b.txt', '+b', '*** Add File: a.txt/c.txt', '+c');
	expect(result).toMatchObject({isError: true, output: expect.stringContaining('Nothing was changed.')});
	expect(await text('a.txt')).toBe('one\n');
	expect(await readdir(folder)).toEqual(['a.txt']);
});

test('a link inside the workspace is followed and stays a link', async () => {
	const {patch, text, folder} = await workspaceWith({'real.txt': 'one\n'});
	await symlink('real.txt', join(folder, 'link.txt'));
	await patch('*** Update File: link.txt', '@@', '-one', '+two');
	expect(await text('real.txt')).toBe('two\n');
	expect((await stat(join(folder, 'real.txt'))).isFile()).toBe(true);
});

test('a place outside the workspace is marked in what the person is asked, through a link too', async () => {
	const outside = await temporaryFolder();
	const {tool, context, folder} = await workspaceWith({});
	await symlink(outside, join(folder, 'way-out'));
	const input = patchOf('*** Add File: way-out/x.txt', '+x', '*** Add File: inside.txt', '+y');
	expect(await tool.approval?.({input}, context)).toMatchObject({
		kind: 'patch',
		files: [
			{path: join(outside, 'x.txt'), change: 'add', isOutside: true},
			{path: 'inside.txt', change: 'add'},
		],
	});
});

test('a dangling link that points outside is outside', async () => {
	const outside = await temporaryFolder();
	const {tool, context, folder} = await workspaceWith({});
	await symlink(join(outside, 'not-there.txt'), join(folder, 'innocent.txt'));
	const subject = await tool.approval?.({input: patchOf('*** Add File: innocent.txt', '+x')}, context);
	expect(subject).toMatchObject({files: [{path: join(outside, 'not-there.txt'), isOutside: true}]});
});

test('what is written is what was shown: a file that changed meanwhile stops the patch', async () => {
	const {tool, context, folder, text} = await workspaceWith({'a.txt': 'zero\none\n'});
	const input = patchOf('*** Update File: a.txt', '@@', '-one', '+two');
	await tool.approval?.({input}, context);
	await writeFile(join(folder, 'a.txt'), 'other\none\n');
	const result = await tool.run({input}, context);
	expect(result).toMatchObject({
		isError: true,
		output: expect.stringContaining('changed while the patch waited'),
	});
	expect(await text('a.txt')).toBe('other\none\n');
});

test('binary files, folders, files that are there or are not, are answered', async () => {
	const {patch} = await workspaceWith({'a.bin': 'a\0b', 'folder/x': 'x\n'});
	expect((await patch('*** Update File: a.bin', '@@', '-a')).output).toContain('a.bin is binary (3 bytes).');
	expect((await patch('*** Delete File: folder')).output).toContain('folder is a folder.');
	expect((await patch('*** Add File: folder/x', '+y')).output).toContain(
		'exists already: use `*** Update File:`',
	);
	expect((await patch('*** Update File: none', '@@', '-a')).output).toContain('none does not exist.');
});

test.each([
	['a NUL character', 'x\0y', 'would be binary'],
	['more than 32 MB', 'x'.repeat(33_554_432), 'would have 33554433 bytes'],
])('a text that could not be read again is refused before anybody is asked: %s', async (_, text, reason) => {
	const {tool, context, folder} = await workspaceWith({'a.txt': 'one\n'});
	const input = patchOf('*** Delete File: a.txt', '*** Add File: b.txt', `+${text}`);
	expect(await tool.approval?.({input}, context)).toBeUndefined();
	const {output, isError} = await tool.run({input}, context);
	expect(isError).toBe(true);
	expect(output).toContain(`b.txt ${reason}`);
	expect(await readdir(folder)).toEqual(['a.txt']);
});

test('control characters of a file do not reach the transcript', async () => {
	const {patch} = await workspaceWith({'a.txt': 'one\x1b[2J\n'});
	const result = await patch('*** Update File: a.txt', '@@', '-one\x1b[2J', '+two');
	expect(result.display?.diff).toContain('-one^[[2J');
});

test.each([
	[
		"apply_patch <<'EOF'\n*** Begin Patch\nx\n*** End Patch\nEOF",
		{patch: '*** Begin Patch\nx\n*** End Patch'},
	],
	[
		'apply_patch << "PATCH"\n*** Begin Patch\nx\n*** End Patch\nPATCH\n',
		{patch: '*** Begin Patch\nx\n*** End Patch'},
	],
	["cd src/app && apply_patch <<'EOF'\n*** Begin Patch\nEOF", {patch: '*** Begin Patch', folder: 'src/app'}],
	["cd 'a b' && apply_patch <<EOF\n*** Begin Patch\nEOF", {patch: '*** Begin Patch', folder: 'a b'}],
	["apply_patch '*** Begin Patch\nx\n*** End Patch'", {patch: '*** Begin Patch\nx\n*** End Patch'}],
])('a patch as a shell command is found: %j', (cmd, found) => {
	expect(patchInCommand(cmd)).toEqual(found);
});

test.each([
	'apply_patch --help',
	"apply_patch <<'EOF'\n*** Begin Patch\nEOF\nrm -rf x",
	"apply_patch <<'EOF' && rm x\n*** Begin Patch\nEOF",
	"cd $(rm x) && apply_patch <<'EOF'\n*** Begin Patch\nEOF",
	'echo apply_patch',
])('what is more than a patch stays a command: %j', cmd => {
	expect(patchInCommand(cmd)).toBeUndefined();
});
