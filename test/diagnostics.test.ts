import {lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createDiagnostics} from '../src/diagnostics.js';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tandem-diagnostics-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const readLines = (file: string) =>
	readFileSync(file, 'utf8')
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line));

test('an error is one line of JSON with its whole chain of causes', () => {
	const file = join(folder, 'd.jsonl');
	const diagnostics = createDiagnostics(file, {now: () => 0});
	diagnostics.error(
		'It broke',
		new Error('outer', {cause: Object.assign(new Error('inner'), {code: 'EIO'})}),
	);
	diagnostics.info('went on', {count: 2});
	expect(readLines(file)).toMatchObject([
		{
			at: '1970-01-01T00:00:00.000Z',
			level: 'error',
			message: 'It broke',
			cause: {message: 'outer', cause: {message: 'inner', code: 'EIO'}},
		},
		{level: 'info', message: 'went on', details: {count: 2}},
	]);
});

test('the file is 0600 whatever the umask and the mode it had', () => {
	const file = join(folder, 'd.jsonl');
	writeFileSync(file, '', {mode: 0o666});
	createDiagnostics(file).info('x');
	expect(lstatSync(file).mode & 0o777).toBe(0o600);
});

test('it stays bounded: what is old is set aside, what is older is gone', () => {
	const file = join(folder, 'd.jsonl');
	const diagnostics = createDiagnostics(file, {maxBytes: 2_000});
	for (let number = 0; number < 500; number++) diagnostics.info(`line ${number}`);
	diagnostics.info('the last');
	expect(lstatSync(file).size + lstatSync(`${file}.old`).size).toBeLessThan(5_000);
	expect(readLines(file).at(-1)).toMatchObject({message: 'the last'});
	diagnostics.info('x'.repeat(1_000_000));
	expect(lstatSync(`${file}.old`).size).toBeLessThan(30_000);
});

test('secrets and what looks like a key are withheld, in causes too', () => {
	const file = join(folder, 'd.jsonl');
	const diagnostics = createDiagnostics(file, {secrets: () => ['tok"en-123']});
	diagnostics.error('said tok"en-123', new Error('401 for sk-proj-abcdefghijklmnop', {cause: 'tok"en-123'}));
	diagnostics.info('x', {headers: {authorization: 'Bearer abc.def'}});
	const text = readFileSync(file, 'utf8');
	expect(text).not.toMatch(/en-123|abcdefghijkl|abc\.def/);
	expect(readLines(file)).toHaveLength(2);
});

test('causes that JSON cannot hold, and a file that cannot be written, fail nobody', () => {
	const file = join(folder, 'd.jsonl');
	const cycle: {self?: unknown} = {};
	cycle.self = cycle;
	createDiagnostics(file).error('x', cycle);
	createDiagnostics(file).error('y', 10n);
	expect(readLines(file)).toHaveLength(2);
	createDiagnostics(join(folder, 'no/such/folder')).error('z');
});

test('a link in the place of the file is not followed', () => {
	symlinkSync(join(folder, 'target'), join(folder, 'link'));
	writeFileSync(join(folder, 'target'), 'untouched');
	createDiagnostics(join(folder, 'link')).info('x');
	expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('untouched');
});
