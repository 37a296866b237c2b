import {execFileSync} from 'node:child_process';
import {mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readFile} from '../../src/tools/read-file.js';
import {createContext, temporaryFolder} from './context.js';

const tool = readFile();

test('lines come with their numbers, a range is inclusive', async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'a.txt'), 'one\r\ntwo\nthree\n');
	const context = createContext(folder);
	expect((await tool.run({path: 'a.txt'}, context)).output).toBe('a.txt: 3 lines\n1: one\n2: two\n3: three');
	expect((await tool.run({path: 'a.txt', lines: [2, 9]}, context)).output).toBe(
		'a.txt: 3 lines\n2: two\n3: three',
	);
	expect((await tool.run({path: 'a.txt', lines: [4, 9]}, context)).output).toBe(
		'a.txt: 3 lines; there is no line 4.',
	);
});

test('a long file is cut in the middle, with the call that reads the rest', async () => {
	const folder = await temporaryFolder();
	const lines = Array.from({length: 5_000}, (_, index) => `line number ${index + 1}`);
	await writeFile(join(folder, 'a.txt'), lines.join('\n'));
	const {output} = await tool.run({path: 'a.txt'}, createContext(folder));
	expect(output.length).toBeLessThan(41_000);
	const [, count, from, to] =
		/… (\d+) lines left out: read_file {"path":"a.txt","lines":\[(\d+),(\d+)\]} …/.exec(output) ?? [];
	expect(Number(to) - Number(from) + 1).toBe(Number(count));
	expect(output).toContain(`${Number(from) - 1}: line number ${Number(from) - 1}\n…`);
	expect(output).toContain(`…\n${Number(to) + 1}: line`);
	expect(output.endsWith('5000: line number 5000')).toBe(true);
});

test('what is no text is said, and nothing blocks', async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'image.png'), Buffer.from([0x89, 0x50, 0, 1]));
	await writeFile(join(folder, 'latin1.txt'), Buffer.from([0x66, 0xfc, 0x72]));
	await mkdir(join(folder, 'folder'));
	execFileSync('mkfifo', [join(folder, 'fifo')]);
	const read = async (path: string) => (await tool.run({path}, createContext(folder))).output;
	expect(await read('image.png')).toBe('image.png is binary (4 bytes).');
	expect(await read('latin1.txt')).toBe('latin1.txt is no UTF-8 text.');
	expect(await read('folder')).toBe('folder is a folder.');
	expect(await read('fifo')).toBe('fifo is no regular file.');
	expect(await read('none')).toBe(`none does not exist. Relative paths start at ${folder}.`);
});

test('outside the workspace needs approval, through a link too; inside does not', async () => {
	const folder = await temporaryFolder();
	const outside = await temporaryFolder();
	await writeFile(join(outside, 'secret'), 'x');
	await symlink(join(outside, 'secret'), join(folder, 'link'));
	const context = createContext(folder);
	expect(await tool.approval?.({path: 'a.txt'}, context)).toBeUndefined();
	for (const path of ['link', join(outside, 'secret'), '../x/secret']) {
		expect(await tool.approval?.({path}, context), path).toMatchObject({kind: 'read'});
	}
});
