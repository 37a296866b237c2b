// What of a log is copied, on real terminals: the output of the last command, and pieces of it.
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {createCopying} from '../src/copying.js';
import {createPool} from '../src/host/pool.js';
import {until} from './support/until.js';
import {temporaryFolder} from './tools/context.js';

const setUp = async (cmd: string, size: {cols: number; rows: number} = {cols: 80, rows: 24}) => {
	const state = await temporaryFolder();
	const host = await createPool({stateFolder: join(state, 'state'), runtimeFolder: join(state, 'run')});
	onTestFinished(() => host.close());
	const copied: string[] = [];
	const notices: string[] = [];
	const copying = createCopying({
		host,
		copy: async text => {
			copied.push(text);
			return {isCopied: true, words: '.'};
		},
		notice: text => notices.push(text),
	});
	await host.start({
		cmd,
		cwd: state,
		tty: true,
		env: {PATH: process.env.PATH ?? '', LANG: 'C.UTF-8'},
		name: 'sh',
		shell: '/bin/bash',
		startedBy: 'user',
		...size,
	});
	const info = async () => (await host.list())[0];
	const lastLine = async () => {
		const page = await host.log(1, {lines: {last: 1}, maxChars: 1_000});
		return page.kind === 'log' ? page.lines[0] : undefined;
	};
	/** Types lines, each when its prompt stands; then the next prompt is waited for. */
	const enter = async (...lines: string[]) => {
		let count = 0;
		for (const line of lines) {
			await until(async () => {
				const last = await lastLine();
				return last !== undefined && last.number > count && /^(ready>|name\?)$/.test(last.text);
			});
			count = (await lastLine())?.number ?? 0;
			await host.write(1, {by: 'user', chars: line, keys: ['Enter']});
		}
		await until(async () => (await info())?.isWaitingForInput);
	};
	/** What the next copy says, and what it copied. */
	const saying = async (act: () => void) => {
		const count = notices.length;
		act();
		await until(() => notices.length > count);
		return {notice: notices.at(-1), copied: copied.at(-1)};
	};
	return {host, copying, info, enter, saying, notices};
};

const shell = 'env PS1="ready> " bash --norc --noprofile -i';

test('the output of the last command is copied alone: neither the line that started it nor the next prompt', async () => {
	const {copying, enter, saying} = await setUp(shell);
	await enter('echo first; seq 3', 'echo "two  words  "; printf "a\\nb"; echo');
	expect(await saying(() => copying.copyOutput(1))).toEqual({
		notice: 'Copied 3 lines of sh, the output of its last command.',
		copied: 'two  words\na\nb',
	});
});

test('a line that the screen wraps is copied as the one that it is', async () => {
	const {copying, enter, saying} = await setUp(shell, {cols: 20, rows: 6});
	await enter('printf "%s" 0123456789{a,b,c,d,e,f,g}; echo; echo end');
	const {copied} = await saying(() => copying.copyOutput(1));
	expect(copied).toBe(`${[...'abcdefg'].map(letter => `0123456789${letter}`).join('')}\nend`);
});

test('a shell that marks its output is believed: a prompt of two lines is none of it, and neither is what is typed into the command', async () => {
	const marking = `PS0=$'\\e]133;C\\a' PROMPT_COMMAND='printf "\\e]133;D;$?\\a"' PS1='in /tmp\\nready> '`;
	const {copying, enter, saying} = await setUp(`env ${marking} bash --norc --noprofile -i`);
	await enter('echo one; read -p "name? " answer; echo got it', 'yes');
	const {copied} = await saying(() => copying.copyOutput(1));
	expect(copied).toBe('one\nname? yes\ngot it');
});

test('of a terminal where nothing was entered all is copied; what is too much for a clipboard, its end', async () => {
	const {copying, saying, info} = await setUp('seq 5000');
	await until(async () => (await info())?.state.kind === 'ended');
	const {notice, copied} = await saying(() => copying.copyOutput(1));
	expect(notice).toBe('Copied the last 1000 lines of sh.');
	expect(copied?.split('\n').slice(0, 2)).toEqual(['4001', '4002']);
	expect(copied?.split('\n')).toHaveLength(1_000);
});

test('a span of a log is copied from its first character to its last, however long it is', async () => {
	const {copying, saying, info} = await setUp('seq 1000000 1080000');
	await until(async () => (await info())?.state.kind === 'ended');
	const whole = {from: {line: 2, column: 0}, to: {line: 80_000, column: 7}};
	const {notice, copied} = await saying(() => copying.copySpan(1, whole));
	expect(notice).toBe('Copied 79999 lines of sh.');
	expect(copied).toBe(Array.from({length: 79_999}, (_, index) => String(1_000_001 + index)).join('\n'));
	const part = {from: {line: 1, column: 4}, to: {line: 2, column: 3}};
	expect((await saying(() => copying.copySpan(1, part))).copied).toBe('000\n100');
	const word = {from: {line: 1, column: 0}, to: {line: 1, column: 3}};
	expect(await saying(() => copying.copySpan(1, word))).toEqual({
		notice: 'Copied 3 characters of sh.',
		copied: '100',
	});
});
