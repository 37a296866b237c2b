import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {parseIgnore} from '../../src/files/ignore.js';
import {walkFiles} from '../../src/files/walk.js';

const files = [
	'a.log',
	'keep.log',
	'src/a.log',
	'src/deep/b.log',
	'src/main.ts',
	'build/out.js',
	'src/build/in.js',
	'docs/a/b/c.md',
	'docs/c.md',
	'foo/bar/x',
	'tmp1',
	'tmp2',
	'tmpx',
	'a b.txt',
	'#hash',
	'!bang',
	'trailing ',
	'star*.txt',
	'deep/only/here',
	'deep/other',
	'sub/secret.txt',
	'sub/open.txt',
	'weird[1].txt',
];
const patterns = [
	['*.log', '!keep.log'],
	['/*.log'],
	['build/'],
	['/build'],
	['docs/**/c.md'],
	['**/bar'],
	['foo/**'],
	['tmp[0-9]'],
	['tmp[!0-9]'],
	['a\\ b.txt', '\\#hash', '\\!bang'],
	['trailing\\ '],
	['star\\*.txt'],
	['deep/*', '!deep/other'],
	['# a comment', '', 'src/main.ts   '],
	['*', '!*.ts', '!src/', '!*/'],
	['d?ep/'],
	['weird\\[1\\].txt'],
	['**'],
	['sub/*.txt', '!sub/open.txt'],
];

test.each(patterns.map(lines => [lines.join(' ⏎ '), lines] as const))(
	'%s leaves out what git leaves out',
	async (_, lines) => {
		const folder = mkdtempSync(join(tmpdir(), 'tandem-ignore-'));
		try {
			execFileSync('git', ['init', '-q'], {cwd: folder});
			for (const file of files) {
				mkdirSync(dirname(join(folder, file)), {recursive: true});
				writeFileSync(join(folder, file), '');
			}
			writeFileSync(join(folder, '.gitignore'), `${lines.join('\n')}\n`);
			writeFileSync(join(folder, 'sub', '.gitignore'), 'secret.txt\n!*.log\n');
			writeFileSync(join(folder, '.git', 'info', 'exclude'), 'tmpx\n');
			const listed = execFileSync('git', ['ls-files', '-z', '-o', '--exclude-standard'], {
				cwd: folder,
				encoding: 'utf8',
			});
			const {paths, isCut} = await walkFiles(folder, {files: 1_000, folders: 1_000});
			expect(paths.toSorted()).toEqual(listed.split('\0').filter(Boolean).toSorted());
			expect(isCut).toBe(false);
		} finally {
			rmSync(folder, {recursive: true, force: true});
		}
	},
);

test('no pattern of a repository makes it slow', () => {
	const rules = parseIgnore(`${'*a'.repeat(100)}b\n${'**/'.repeat(60)}x\n${'[a'.repeat(2_000)}`);
	const before = performance.now();
	for (let times = 0; times < 5; times++) {
		expect(rules.isIgnored(`${'a/'.repeat(60)}${'a'.repeat(250)}`, false)).toBeUndefined();
	}
	expect(performance.now() - before).toBeLessThan(2_000);
});

test('a folder with too many files is cut and says so', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'tandem-ignore-'));
	try {
		for (let index = 0; index < 30; index++) writeFileSync(join(folder, `f${index}`), '');
		const {paths, isCut} = await walkFiles(folder, {files: 10, folders: 10});
		expect(paths).toHaveLength(10);
		expect(isCut).toBe(true);
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
});

test('pipes and folders in the place of ignore files hold nobody up', async () => {
	const root = mkdtempSync(join(tmpdir(), 'tandem-ignore-'));
	try {
		// As many as there are threads that read files, and more.
		for (let index = 0; index < 10; index++) {
			const folder = join(root, `f${index}`);
			mkdirSync(folder);
			if (index < 8) execFileSync('mkfifo', [join(folder, '.gitignore')]);
			else mkdirSync(join(folder, '.gitignore'));
			writeFileSync(join(folder, 'a.txt'), '');
		}
		const {paths} = await walkFiles(root, {files: 1_000, folders: 1_000});
		expect(paths.filter(path => path.endsWith('a.txt'))).toHaveLength(10);
	} finally {
		rmSync(root, {recursive: true});
	}
});
