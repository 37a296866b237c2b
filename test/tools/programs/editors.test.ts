import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openPrograms, type Programs} from './scenario.js';

let programs: Programs;
beforeAll(async () => {
	programs = await openPrograms();
});
afterAll(() => programs.close());

const vim = 'vim --clean';

/** Four commits, and a file that waits for its own. */
const makeRepository = (folder: string) => {
	const script = `
		git init -q -b main .
		git config user.name Ada && git config user.email ada@example.org
		for i in 1 2 3 4; do echo $i > file$i; git add .; git commit -qm "commit $i"; done
		echo 5 > file5 && git add .`;
	execFileSync('sh', ['-ec', script], {cwd: folder, env: {PATH: process.env.PATH, HOME: folder}});
};
const logOf = (folder: string) =>
	execFileSync('git', ['log', '--format=%s', '--reverse'], {cwd: folder, encoding: 'utf8'})
		.trim()
		.split('\n');

test.concurrent('vim edits, searches and saves', async () => {
	const folder = programs.makeFolder();
	const file = join(folder, 'note.txt');
	writeFileSync(file, 'first\nsecond\nlast\n');
	await programs.play(folder, [
		[
			{cmd: `${vim} note.txt`},
			'waiting for input',
			`first
			second
			last
			"note.txt" 3L, 18B … 1,1 … All
			Cursor: row 1, column 1
			Screen: 80x24, alternate screen`,
		],
		[{chars: '/last', keys: ['Enter']}, 'waiting for input', '/last … 3,1 … All\nCursor: row 3, column 1'],
		// Vim waits for what may follow an Esc; only after that its mode is told.
		[
			{chars: 'Onew line', keys: ['Esc']},
			'waiting for input',
			`second
			new line
			last
			3,8 … All
			Cursor: row 3, column 8
			Screen: 80x24, alternate screen`,
		],
		[{keys: ['Up', 'Home']}, 'waiting for input', '2,1 … All\nCursor: row 2, column 1'],
		[{chars: 'x'}, 'waiting for input', 'first\necond\nnew line'],
		[{chars: 'u'}, 'waiting for input', 'first\nsecond\nnew line\n…\n1 change; before #2 …'],
		[
			{chars: ':%s/n/N/g', keys: ['Enter']},
			'waiting for input',
			'secoNd\nNew liNe\n…\n3 substitutions on 2 lines …',
		],
		[{chars: ':wq', keys: ['Enter']}, 'exited', '[vim, … s]'],
	]);
	expect(readFileSync(file, 'utf8')).toBe('first\nsecoNd\nNew liNe\nlast\n');
});

test.concurrent('vim asks about the swap file of one that was killed', async () => {
	const folder = programs.makeFolder();
	writeFileSync(join(folder, 'note.txt'), 'kept\n');
	await programs.play(folder, [
		[{cmd: `${vim} note.txt`}, 'waiting for input', 'kept\n…\n"note.txt" 1L, 5B …'],
		[{chars: 'onever saved', keys: ['Esc']}, 'waiting for input', 'kept\nnever saved\n2,11 … All'],
		[{chars: ':preserve', keys: ['Enter']}, 'waiting for input', 'File preserved …'],
		[{chars: ":call system('kill -9 ' .. getpid())", keys: ['Enter']}, 'exited', '…'],
		[
			{cmd: `${vim} note.txt`},
			'waiting for input',
			`E325: ATTENTION
			Found a swap file by the name ".note.txt.swp"
			…
			Swap file ".note.txt.swp" already exists!
			[O]pen Read-Only, (E)dit anyway, (R)ecover, (D)elete it, (Q)uit, (A)bort:`,
		],
		[{chars: 'r'}, 'waiting for input', '…'],
		[{keys: ['Enter']}, 'waiting for input', 'kept\nnever saved'],
		[{chars: ':q!', keys: ['Enter']}, 'exited', '[vim, … s]'],
	]);
});

test.concurrent('git commit and git rebase -i in vim', async () => {
	const folder = programs.makeFolder();
	makeRepository(folder);
	const env = {GIT_EDITOR: vim};
	await programs.play(folder, [
		[
			{cmd: 'git commit', env},
			'waiting for input',
			`# Please enter the commit message for your changes. Lines starting
			# with '#' will be ignored, and an empty message aborts the commit.
			…
			# new file: file5
			#
			"…COMMIT_EDITMSG" 8L, …`,
		],
		[
			{chars: 'iadd five', keys: ['Esc']},
			'waiting for input',
			'add five\n# Please …\n…\n1,8 … All\nCursor: row 1, column 8',
		],
		[{chars: ':wq', keys: ['Enter']}, 'exited', '[main …] add five\n1 file changed, 1 insertion(+)'],
		[
			{cmd: 'git rebase -i HEAD~3', env},
			'waiting for input',
			'pick … commit 3\npick … commit 4\npick … add five\n# Rebase … onto … (3 commands)',
		],
		[{keys: ['Down']}, 'waiting for input', 'Cursor: row 2, column 1'],
		[
			{chars: 'cwsquash', keys: ['Esc']},
			'waiting for input',
			'pick … commit 3\nsquash … commit 4\npick … add five',
		],
		[
			{chars: ':wq', keys: ['Enter']},
			'waiting for input',
			`# This is a combination of 2 commits.
			# This is the 1st commit message:
			commit 3
			# This is the commit message #2:
			commit 4
			…
			"…COMMIT_EDITMSG" …`,
		],
		[{chars: 'ggdGithree and four', keys: ['Esc']}, 'waiting for input', 'three and four\n1,14 … All'],
		[{chars: ':wq', keys: ['Enter']}, 'exited', 'Successfully rebased and updated refs/heads/main.'],
	]);
	expect(logOf(folder)).toEqual(['commit 1', 'commit 2', 'three and four', 'add five']);
});

test.concurrent('git commit and git rebase -i in nano', async () => {
	const folder = programs.makeFolder();
	makeRepository(folder);
	const env = {GIT_EDITOR: 'nano --ignorercfiles'};
	await programs.play(folder, [
		[
			{cmd: 'git commit', env},
			'waiting for input',
			`…COMMIT_EDITMSG
			# Please enter the commit message for your changes. Lines starting
			…
			^X Exit …`,
		],
		[
			{chars: 'add five'},
			'waiting for input',
			'…COMMIT_EDITMSG Modified\nadd five\n# Please …\n…\nCursor: row 2, column 9',
		],
		[{keys: ['C-o']}, 'waiting for input', 'File Name to Write:…\n^G Help …'],
		[{keys: ['Enter']}, 'waiting for input', '[ Wrote … lines ]'],
		[{keys: ['C-x']}, 'exited', '[main …] add five'],
		[
			{cmd: 'git rebase -i HEAD~3', env},
			'waiting for input',
			'pick … commit 3\npick … commit 4\npick … add five',
		],
		[{keys: ['Down', 'C-k']}, 'waiting for input', 'pick … commit 3\npick … add five\n# Rebase …'],
		[{keys: ['C-x']}, 'waiting for input', 'Save modified buffer?\nY Yes\nN No           ^C Cancel'],
		[{chars: 'y'}, 'waiting for input', 'File Name to Write:…\n^G Help …'],
		[{keys: ['Enter']}, 'exited', 'Successfully rebased and updated refs/heads/main.'],
	]);
	expect(logOf(folder)).toEqual(['commit 1', 'commit 2', 'commit 3', 'add five']);
});

test.concurrent('nano takes a paste as text, and finds and replaces', async () => {
	const folder = programs.makeFolder();
	await programs.play(folder, [
		[{cmd: 'nano --ignorercfiles list.txt'}, 'waiting for input', 'GNU nano … list.txt\n…\n[ New File ]'],
		[
			{chars: 'one cat\ntwo cats\n', paste: true},
			'waiting for input',
			'one cat\ntwo cats\n…\nCursor: row 4, column 1',
		],
		[{keys: ['M-r'], chars: ''}, 'waiting for input', 'Search (to replace):\n…'],
		[{chars: 'cat', keys: ['Enter']}, 'waiting for input', 'Replace with:\n…'],
		[{chars: 'dog', keys: ['Enter']}, 'waiting for input', 'Replace this instance?\nY Yes …'],
		[{chars: 'a'}, 'waiting for input', 'one dog\ntwo dogs\n…\n[ Replaced 2 occurrences ]'],
		[{keys: ['C-x']}, 'waiting for input', 'Save modified buffer?'],
		[{chars: 'y', keys: ['Enter']}, 'exited', '[nano, … s]'],
	]);
	expect(readFileSync(join(folder, 'list.txt'), 'utf8')).toBe('one dog\ntwo dogs\n');
});
