import {spawn} from 'node:child_process';
import {expect, onTestFinished, test} from 'vitest';
import {describeProcess, readProcess} from '../../src/host/processes.js';
import {until} from '../support/until.js';

test('a command line is shown in the letters it was written in', async () => {
	const child = spawn('bash', ['-c', 'exec -a prüfung-日本 sleep 60']);
	onTestFinished(() => void child.kill('SIGKILL'));
	const command = () => {
		const found = readProcess(child.pid ?? 0);
		return found && describeProcess(found).command;
	};
	await until(() => command()?.endsWith(' 60') && !command()?.startsWith('bash'));
	expect(command()).toBe('prüfung-日本 60');
});
