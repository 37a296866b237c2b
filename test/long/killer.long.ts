// Ends the window or the host at random moments of a working session, comes back, and then counts: no call ran
// twice, the session is whole, the terminal is sane, the logs can be read, and nothing of ours is left.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {scanSession} from '../../src/session/scan.js';
import {call, text} from '../support/model-server.js';
import {createRandom} from '../support/random.js';
import {setStage} from '../support/stage.js';
import {commandOf, findHost, findWindow, processesOf} from '../support/tandem.js';
import {until} from '../support/until.js';
import {isShort, recordFigure} from './figures.js';

const rounds = isShort ? 4 : 60;
const seed = 20;
const stage = setStage();

const linesOf = (file: string): string[] =>
	existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

const sessionFiles = (): string[] => {
	const workspaces = join(stage.place.home, 'workspaces');
	return readdirSync(workspaces, {recursive: true, encoding: 'utf8'})
		.filter(name => name.endsWith('.jsonl') && name.includes('/sessions/'))
		.map(name => join(workspaces, name));
};

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

test(`${rounds} deaths of window or host at random moments cost nothing but themselves`, async () => {
	const random = createRandom(seed);
	let asked = 0;
	await stage.play(request => {
		asked++;
		return request.body.input.at(-1)?.type === 'function_call_output'
			? text('Done.')
			: call('exec_command', {cmd: `echo ran-${asked} >> runs; seq 1 2000; sleep 0.1; echo last-${asked}`});
	});
	const tandem = await stage.open({through: ['bash', '--norc', '-i'], env: {PS1: 'shell> '}});
	await tandem.sees('shell>');
	/** What the shell's screen still shows is none of it. */
	const windowIsOpen = () => until(() => tandem.emulator.buffer.active.type === 'alternate', 'the window');
	let [windows, hosts] = [0, 0];
	for (let round = 0; round < rounds; round++) {
		const how = round === 0 ? '' : 'resume --last';
		tandem.type(`clear; "$TANDEM" ${how} -a full --trust\r`);
		await windowIsOpen();
		await tandem.sees('› ask');
		tandem.type('go on\r');
		await tandem.sees(/go on/);
		// The moment is what this is about: nothing on the screen names it.
		await pause(random(1_500));
		if (random(3) === 0) {
			process.kill(findHost(stage.place.home), 'SIGKILL');
			hosts++;
			await pause(random(1_000));
		}
		process.kill(findWindow(stage.place.home), 'SIGKILL');
		windows++;
		await tandem.sees('shell>');
		expect(tandem.emulator.buffer.active.type).toBe('normal');
	}

	const runs = linesOf(join(stage.place.folder, 'runs'));
	expect(new Set(runs).size, 'a call ran twice').toBe(runs.length);
	for (const file of sessionFiles()) {
		const {events, damage} = scanSession(readFileSync(file));
		expect(events.length).toBeGreaterThan(0);
		// A death in the middle of a write leaves a torn end, never more.
		expect(damage.filter(({reason}) => !reason.startsWith('torn off'))).toEqual([]);
	}
	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await windowIsOpen();
	// What was said last may have been scrolled away by the list of what was lost.
	await tandem.sees('› ask');
	await tandem.loses(/\d running/);
	await tandem.submit('/quit');
	await tandem.sees('shell>');
	const ours = () => processesOf(stage.place.home).filter(pid => !commandOf(pid).startsWith('bash --norc'));
	await until(() => ours().length === 0, 'the end of everything of ours', 30_000);
	recordFigure({
		what: 'random deaths survived',
		figure: `${windows} of windows, ${hosts} of hosts, ${runs.length} commands, none twice`,
		goal: 'none twice',
	});
});
