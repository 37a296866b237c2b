// Ends the window or the host at random moments of a working session, comes back, and then counts: no call ran
// twice, the session is whole, the terminal is sane, the logs hold what was printed, no patch is half, and nothing of
// ours is left.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {openStoredTerminals} from '../../src/host/stored.js';
import {scanSession} from '../../src/session/scan.js';
import {expectUsableShell, startInShell} from '../support/in-shell.js';
import {call, text} from '../support/model-server.js';
import {createRandom} from '../support/random.js';
import {setStage} from '../support/stage.js';
import {commandOf, findWindow, processesOf} from '../support/tandem.js';
import {until} from '../support/until.js';
import {isShort, recordFigure} from './figures.js';

const rounds = isShort ? 4 : 60;
const seed = 20;
const stage = setStage();

const linesOf = (file: string): string[] =>
	existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

const inState = (matches: (name: string) => boolean): string[] => {
	const workspaces = join(stage.place.home, 'workspaces');
	return readdirSync(workspaces, {recursive: true, encoding: 'utf8'})
		.filter(matches)
		.map(name => join(workspaces, name));
};

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Prints numbered lines, and notes beside them when each was printed. */
const printing = (n: number) =>
	call('exec_command', {
		cmd: `echo ran-${n} >> runs; bash -c 'for i in $(seq 250); do echo "line $i"; echo "$i $EPOCHREALTIME" >> witness-${n}; sleep 0.005; done'`,
	});

const patchFiles = 100;

const patching = (n: number) => {
	const files = Array.from({length: patchFiles}, (_, index) => [`*** Add File: patch-${n}/${index}`, '+x']);
	return call('apply_patch', {input: ['*** Begin Patch', ...files.flat(), '*** End Patch'].join('\n')});
};

// A host's death may cost its last 100 ms; the machine is loaded, and who prints does not wait to be read.
const lostMs = 10 * 100;

/** Each log has every line from the first on, up to the end of its command or to its host's death. */
const checkLogs = (deaths: readonly number[]): {ended: number; lost: number; lines: number} => {
	const [stateFolder = ''] = inState(name => /^[^/]+\/terminals$/.test(name)).map(name => join(name, '..'));
	const stored = openStoredTerminals(stateFolder);
	const counts = {ended: 0, lost: 0, lines: 0};
	for (const {id, cmd, state, startedAt} of stored.list()) {
		const n = /witness-(\d+)/.exec(cmd)?.[1];
		const page = stored.log(id, {maxChars: 1_000_000});
		if (n === undefined || page.kind !== 'log') continue;
		const printed = linesOf(join(stage.place.folder, `witness-${n}`)).map(line =>
			line.split(' ').map(Number),
		);
		const found = page.lines.flatMap(line => /^line (\d+)$/.exec(line.text)?.[1] ?? []).map(Number);
		expect(found, `terminal ${id} has holes`).toEqual(found.map((_, index) => index + 1));
		const death = state.kind === 'lost' ? deaths.find(at => at >= startedAt) : undefined;
		const until = death === undefined ? Number.POSITIVE_INFINITY : death - lostMs;
		const promised = printed.filter(([, at = 0]) => at * 1_000 < until).length;
		expect(found.length, `terminal ${id}, ${state.kind}: ${printed.length} printed`).toBeGreaterThanOrEqual(
			promised,
		);
		if (state.kind === 'lost') expect(page.lines.at(-1)?.text).toContain('the terminal host died here');
		counts[state.kind === 'lost' ? 'lost' : 'ended']++;
		counts.lines += found.length;
	}
	return counts;
};

/** Whole, and no call twice on record. */
const checkSessions = () => {
	for (const file of inState(name => name.endsWith('.jsonl') && name.includes('/sessions/'))) {
		const {events, damage} = scanSession(readFileSync(file));
		expect(events.length).toBeGreaterThan(0);
		// A death in the middle of a write leaves a torn end, never more.
		expect(damage.filter(({reason}) => !reason.startsWith('torn off'))).toEqual([]);
		for (const type of ['call.started', 'call.finished'] as const) {
			const ids = events.flatMap(event => (event.type === type ? [event.callId] : []));
			expect(new Set(ids).size, type).toBe(ids.length);
		}
	}
};

const checkPatches = (): number => {
	const folders = readdirSync(stage.place.folder).filter(name => name.startsWith('patch-'));
	for (const folder of folders) {
		const files = readdirSync(join(stage.place.folder, folder));
		expect(files.length, `${folder}: ${files.filter(name => name.startsWith('.')).length} left over`).toBe(
			patchFiles,
		);
	}
	return folders.length;
};

test(`${rounds} deaths of window or host at random moments cost nothing but themselves`, async () => {
	const random = createRandom(seed);
	let asked = 0;
	await stage.play(request => {
		if (request.body.input.at(-1)?.type === 'function_call_output') return text('Done.');
		return ++asked % 4 === 0 ? patching(asked) : printing(asked);
	});
	const {tandem, before} = await startInShell(stage);
	const deaths: number[] = [];
	const hosts = () => processesOf(stage.place.home).filter(pid => /main\.js host /.test(commandOf(pid)));
	for (let round = 0; round < rounds; round++) {
		if (round > 0) {
			tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
			await until(() => tandem.emulator.buffer.active.type === 'alternate', 'the window');
			await tandem.sees('› ask');
		}
		const window = findWindow(stage.place.home);
		tandem.type('go on\r');
		await tandem.sees(/go on/);
		// The moment is what this is about: nothing on the screen names it.
		await pause(random(1_500));
		if (random(3) === 0) {
			await until(() => hosts().length > 0, 'the host');
			deaths.push(Date.now());
			for (const host of hosts()) process.kill(host, 'SIGKILL');
			await pause(random(1_000));
		}
		process.kill(window, 'SIGKILL');
		await expectUsableShell(tandem, before);
	}

	const runs = linesOf(join(stage.place.folder, 'runs'));
	expect(new Set(runs).size, 'a call ran twice').toBe(runs.length);
	tandem.type('clear; "$TANDEM" resume --last -a full --trust\r');
	await until(() => tandem.emulator.buffer.active.type === 'alternate', 'the window');
	// What was said last may have been scrolled away by the list of what was lost.
	await tandem.sees('› ask');
	await tandem.loses(/\d running/);
	checkSessions();
	const patches = checkPatches();
	await tandem.submit('/quit');
	await expectUsableShell(tandem, before);
	const ours = () => processesOf(stage.place.home).filter(pid => !commandOf(pid).startsWith('bash --norc'));
	await until(() => ours().length === 0, 'the end of everything of ours', 30_000);
	const {ended, lost, lines} = checkLogs(deaths);
	recordFigure({
		what: 'random deaths survived',
		figure: `${rounds} of windows, ${deaths.length} of hosts; ${runs.length} commands, none twice; ${patches} patches, none half; ${ended} logs whole and ${lost} up to the death of their host, ${lines} lines`,
		goal: 'nothing lost',
	});
});
