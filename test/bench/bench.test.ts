// The benchmark in its shortest form, so that it does not rot; and its table.
import {execFile} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {processesOf} from '../support/tandem.js';
import {until} from '../support/until.js';
import {report} from './report.js';
import {createSamples} from './samples.js';

test('it measures a row of the built program, prints the table and leaves nothing behind', async () => {
	const TMPDIR = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
	const results = readFileSync('test/bench/results.md', 'utf8');
	try {
		const args = ['test/bench/run.js', '--rows', '4', '--runs', '1', '--only', 'tandem', '--dry'];
		const {stdout} = await promisify(execFile)(process.execPath, args, {env: {...process.env, TMPDIR}});
		expect(stdout).toMatch(
			/\| 4 \| `exec_command true`.* \| ms \| [\d.]+ \([\d.]+–[\d.]+, 10\) \| – \| [\d.]+/,
		);
		expect(stdout).not.toContain('| 5 |');
		expect(stdout).not.toContain(TMPDIR);
		// The bundler's process ends when it sees that its parent is gone.
		await until(() => processesOf(TMPDIR).length === 0);
		expect(readdirSync(TMPDIR).filter(name => name.startsWith('tandem'))).toEqual([]);
		expect(readFileSync('test/bench/results.md', 'utf8')).toBe(results);
	} finally {
		rmSync(TMPDIR, {recursive: true, force: true});
	}
});

test('told to end in the middle it takes with it what it has started', async () => {
	const TMPDIR = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
	try {
		const args = ['test/bench/run.js', '--rows', '6', '--runs', '1', '--only', 'tandem', '--dry'];
		const bench = execFile(process.execPath, args, {env: {...process.env, TMPDIR}});
		const hasHost = () =>
			processesOf(TMPDIR).some(pid => readQuietly(`/proc/${pid}/cmdline`).includes('host\0--state'));
		await until(hasHost, 'a host');
		bench.kill('SIGTERM');
		await until(() => bench.exitCode === 143, 'the end of the benchmark');
		await until(() => processesOf(TMPDIR).length === 0, 'the end of all processes');
		expect(readdirSync(TMPDIR).filter(name => name.startsWith('tandem'))).toEqual([]);
	} finally {
		rmSync(TMPDIR, {recursive: true, force: true});
	}
});

test('with a Node that is too old it says so, and ends', async () => {
	const old = 'data:text/javascript,Object.defineProperty(process.versions, "node", {value: "20.20.2"})';
	const run = promisify(execFile)(process.execPath, ['--import', old, 'test/bench/run.js', '--help']);
	await expect(run).rejects.toMatchObject({
		code: 1,
		stderr: 'The benchmark needs Node 22 or newer: npm run bench finds one. This is 20.20.2.\n',
	});
});

const readQuietly = (file: string) => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return ''; // it has just ended
	}
};

const here = {date: '2026-02-03', facts: ['tandem 1.0.0', 'a machine']};

test('a goal is a median against that of the other in the same run, and a miss says why', () => {
	const samples = createSamples();
	samples.add('tandem', 4, 5, 9, 7);
	samples.add('codex', 4, 40, 20, 60);
	samples.add('tandem', 5, 30);
	samples.add('codex', 5, 50);
	samples.add('tandem', 12, 10);
	samples.remark(5, 'a remark');
	const text = report(samples, here);
	expect(text).toContain(
		'| 7.00 (5.00–9.00, 3) | 40.0 (20.0–60.0, 3) | – | ≤ 0.25 × Codex = 10.0 | met | 2026-02-03 |',
	);
	expect(text).toContain('| ≤ 0.3 × Codex = 15.0 | missed: 2.00 × the goal |');
	expect(text).toMatch(/^- Row 5: a remark; ./m);
	expect(text).toContain('| nothing to compare with |');
});

test('rows that were not measured keep their lines, unless programs or machine are others', () => {
	const [first, second] = [createSamples(), createSamples()];
	first.add('tandem', 6, 1_400);
	first.remark(6, 'of the first run');
	second.add('tandem', 15, 200);
	const before = report(first, here);
	const both = report(second, {...here, date: '2026-02-04'}, before);
	expect(both).toMatch(/^\| 6 \|.*2026-02-03 \|\n\| 15 \|.*2026-02-04 \|$/m);
	expect(both).toContain('- Row 6: of the first run');
	expect(report(second, {...here, facts: ['another machine']}, before)).not.toContain('| 6 |');
});
