// What the closing line says and what it does to the exit code, asked of a real run of vitest.
import {execFile} from 'node:child_process';
import {mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {expect, test} from 'vitest';

const runVitest = async (body: string, CI: string) => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-totals-')));
	try {
		symlinkSync(realpathSync('node_modules'), join(folder, 'node_modules'));
		const reporter = resolve('test/support/totals-reporter.ts');
		writeFileSync(
			join(folder, 'vitest.config.ts'),
			`import {totalsReporter} from ${JSON.stringify(reporter)};\nexport default {test: {reporters: [totalsReporter()]}};\n`,
		);
		writeFileSync(join(folder, 'some.test.ts'), `import {expect, test} from 'vitest';\n${body}\n`);
		const env = {PATH: process.env.PATH, HOME: folder, CI};
		return await new Promise<{code: number; lastLines: string[]}>(done => {
			const args = [resolve('node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
			const child = execFile(process.execPath, args, {env, cwd: folder}, (_error, stdout) => {
				done({code: child.exitCode ?? -1, lastLines: stdout.trimEnd().split('\n')});
			});
		});
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
};

const passing = `test('passes', () => {});`;
const skipped = `test.skip('is skipped', () => {});`;

test.for([
	{body: passing, CI: '1', code: 0, last: '1 passed, 0 failed, 0 skipped'},
	{body: `${passing} ${skipped}`, CI: '', code: 0, last: '1 passed, 0 failed, 1 skipped'},
	{body: `${passing} ${skipped}`, CI: '1', code: 1, last: 'With CI set every test must run.'},
	{
		body: `${passing} test('fails', () => expect(1).toBe(2));`,
		CI: '',
		code: 1,
		last: '1 passed, 1 failed, 0 skipped',
	},
])('with CI="$CI": $last', async ({body, CI, code, last}) => {
	const run = await runVitest(body, CI);
	expect(run.lastLines.at(-1)).toBe(last);
	expect(run.code).toBe(code);
});
