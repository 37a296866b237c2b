// Rows 14 and 15: how soon a typed key is on the screen while terminals flood, and what it costs on a quiet one.
import {setTimeout as sleep} from 'node:timers/promises';
import {call, text} from '../../support/model-server.js';
import type {RealScreen} from '../../support/real-screen.js';
import {median} from '../rows.js';
import type {Measure} from './measure.js';

const floods = 8;
const pauseMs = 50; // a fast typist, and at every phase of a frame

export const typing: Measure = {
	rows: [14, 15],
	runs: 3,
	async run({agent, talk, samples, isWanted}) {
		const session = agent.start();
		const {screen} = session;
		await screen.sees(agent.ready);
		if (isWanted(15)) {
			await sleep(1_000);
			const keys = await typeKeys(screen, 20);
			samples.add(agent.name, 15, ...keys.map(({bytes}) => bytes));
			await clear(screen);
		}
		if (isWanted(14)) {
			await screen.submit('Flood, please.');
			await talk.request();
			for (let index = 1; index <= floods; index++) {
				const cmd = `yes 'line of flood ${index}, which goes on and on'`;
				await talk.reply(call('exec_command', {cmd, tty: true, yield_time_ms: 250}));
			}
			await talk.answer(text('Finished.'));
			await screen.sees('Finished.');
			const times = (await typeKeys(screen, 80)).map(({ms}) => ms).toSorted((a, b) => a - b);
			samples.add(agent.name, 14, times[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN);
			samples.remark(
				14,
				`${agent.name}: ${times.length} keys, none lost, p50 ${median(times).toFixed(0)} ms, most ${times.at(-1)?.toFixed(0)} ms`,
			);
		}
		await session.end();
	},
};

/** One after the other, each when the one before is on the screen. Fails if one is lost. */
export const typeKeys = async (screen: RealScreen, count: number) => {
	const keys: {ms: number; bytes: number}[] = [];
	let typed = '';
	for (let index = 0; index < count; index++) {
		const key = 'abcdefghij'[index % 10] ?? '';
		typed += key;
		const [paintedBefore, startedAt] = [screen.bytes().length, performance.now()];
		screen.type(key);
		await screen.sees(new RegExp(`^ ?› ${typed}(?![a-j])`, 'm'));
		const ms = performance.now() - startedAt;
		await sleep(pauseMs);
		keys.push({ms, bytes: screen.bytes().length - paintedBefore});
	}
	return keys;
};

const clear = async (screen: RealScreen) => {
	screen.type('\x15'); // Ctrl+U
	await screen.loses('abcdefghij');
};
