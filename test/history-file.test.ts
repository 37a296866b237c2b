import {
	appendFileSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createHistoryFile} from '../src/history-file.js';
import {until} from './support/until.js';

let folder: string;
let file: string;
let errors: unknown[];
const open = (secrets: string[] = []) =>
	createHistoryFile({file, secrets: () => secrets, onError: error => errors.push(error)});

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-history-'));
	file = join(folder, 'history.jsonl');
	errors = [];
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('what was added is read by the next window, in a private file', () => {
	open().add('one');
	open().add('two\nlines \u2028');
	expect(open().read()).toEqual(['one', 'two\nlines \u2028']);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(errors).toEqual([]);
});

test('a text with a key of tandem, or a very long one, is not stored', () => {
	open(['sk-secret']).add('use sk-secret now');
	open().add('x'.repeat(20_000));
	open().add('short');
	expect(open().read()).toEqual(['short']);
});

test('a write that was cut off costs only itself', () => {
	open().add('one');
	appendFileSync(file, '\n"tor');
	open().add('two');
	expect(open().read()).toEqual(['one', 'two']);
});

test('a file that has grown is cut to the newest thousand', async () => {
	const texts = Array.from({length: 3_000}, (_, index) => `${index} ${'x'.repeat(900)}`);
	writeFileSync(file, texts.map(text => `\n${JSON.stringify(text)}`).join(''), {mode: 0o600});
	const read = open().read();
	expect(read).toHaveLength(1_000);
	expect(read.at(-1)).toBe(texts.at(-1));
	await until(() => statSync(file).size < 1_000_000);
	expect(open().read()).toEqual(read);
});

test('a link in its place is not followed', () => {
	const other = join(folder, 'other');
	writeFileSync(other, 'mine');
	symlinkSync(other, file);
	open().add('one');
	expect(readFileSync(other, 'utf8')).toBe('mine');
	expect(open().read()).toEqual([]);
	expect(errors).toHaveLength(2);
});
