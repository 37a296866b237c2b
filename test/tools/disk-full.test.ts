// No space on the disk while a program prints: what the model is told, and what can be read afterwards.
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {defaultFeatures} from '../../src/features.js';
import {createPool} from '../../src/host/pool.js';
import {toolsFor} from '../../src/tools/index.js';
import {refuseSpace} from '../support/disk.js';
import {until} from '../support/until.js';
import {createContext, temporaryFolder} from './context.js';

test('a log that cannot be written is said, and so is the gap when it can be written again', async () => {
	const state = await temporaryFolder();
	const host = await createPool({stateFolder: join(state, 'state'), runtimeFolder: join(state, 'run')});
	onTestFinished(() => host.close());
	const tools = toolsFor({host, features: defaultFeatures()});
	const context = createContext(await temporaryFolder());
	const call = async (name: string, args: object) => {
		const tool = tools.find(each => each.name === name);
		return (await tool?.run(tool.schema.parse(args), context))?.output ?? '';
	};
	const printBatch = (prefix: string) =>
		call('write_stdin', {session_id: 1, chars: `${prefix}\n`, until: {pattern: `${prefix} 100$`}});
	const logError = async () => (await host.list())[0]?.logError;

	await call('exec_command', {
		cmd: 'stty -echo; while read word; do for n in $(seq 100); do echo $word $n; done; done',
	});
	const mend = refuseSpace([process.pid]);
	onTestFinished(mend);
	await printBatch('lost');
	await until(async () => (await logError()) !== undefined);
	expect(await call('read_terminal', {session_id: 1})).toMatch(
		/\nNote: the log cannot be written \(EFBIG: file too large.*\): what is printed now cannot be read later\. Free some space\.\n/,
	);
	expect(await call('write_stdin', {session_id: 1, chars: 'lost\n', until: {quiet_ms: 300}})).toContain(
		'\nNote: the log cannot be written (EFBIG',
	);

	mend();
	await printBatch('kept');
	await until(async () => (await logError()) === undefined);
	const log = await call('read_terminal', {session_id: 1, lines: [1, 1000]});
	expect(log).toMatch(/\n… lines 1 to \d+ are gone: .* what the disk takes …\n(?:\d+: .*\n)*\d+: kept 100/);
	expect(log).not.toContain('Note: the log cannot be written');
	const gone = Number(/lines 1 to (\d+) are gone/.exec(log)?.[1]);
	// Numbers go on over the gap, and the gap is exact.
	const first = /\n(\d+): (kept|lost) (\d+)/.exec(log);
	expect(Number(first?.[1])).toBe(gone + 1);
});
