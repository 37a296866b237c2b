// Row 16: how long it takes until a long session is there again, and whether a frame then costs more than in a
// short one.
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {writeLine} from '../../../src/session/schema.js';
import {findWorkspace} from '../../../src/workspace.js';
import {longSession} from '../../support/long-session.js';
import type {Agent} from '../agents.js';
import {median} from '../rows.js';
import type {Measure} from './measure.js';
import {typeKeys} from './typing.js';

const lengths = [100, 1_000, 10_000];
const outputCharacters = 400;

export const resume: Measure = {
	rows: [16],
	runs: 5,
	isTandemOnly: true,
	async run({agent, samples}) {
		const slope: string[] = [];
		for (const length of lengths) {
			writeSession(agent, length);
			const startedAt = performance.now();
			const {screen, end} = agent.start(['resume', '--last']);
			await screen.sees(/done? \d/);
			const ms = performance.now() - startedAt;
			if (length === Math.max(...lengths)) samples.add(agent.name, 16, ms);
			const keys = await typeKeys(screen, 20);
			const [echo, bytes] = [median(keys.map(key => key.ms)), median(keys.map(key => key.bytes))];
			slope.push(`${length} entries ${ms.toFixed(0)} ms, then a key ${echo.toFixed(1)} ms, ${bytes} bytes`);
			await end();
		}
		samples.remark(16, slope.join(', '));
	},
};

/** The only session of the workspace, with so many entries on the screen. */
const writeSession = ({home, folder}: Agent, length: number) => {
	const sessions = join(home, 'workspaces', findWorkspace(folder).key, 'sessions');
	rmSync(sessions, {recursive: true, force: true});
	mkdirSync(sessions, {recursive: true, mode: 0o700});
	const lines: Uint8Array[] = [];
	let entries = 0;
	for (const event of longSession({turns: length, size: outputCharacters})) {
		lines.push(writeLine(lines.length + 1, event));
		if (event.type === 'answer.finished') entries += event.items.length;
		else if (/^(message|turn.ended|shell.sent)/.test(event.type)) entries++;
		if (entries >= length && event.type === 'turn.ended') break;
	}
	writeFileSync(join(sessions, '20260101-0000-aaaa.jsonl'), Buffer.concat(lines), {mode: 0o600});
};
