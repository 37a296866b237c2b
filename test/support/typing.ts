// Somebody who types into the composer and waits for each key to be seen, also while terminals flood.
import {call, text} from './model-server.js';
import type {Stage} from './stage.js';
import type {Tandem} from './tandem.js';

/** Types a text key by key, each when the one before is on the screen. The echo of each in milliseconds. */
export const echoTimes = async (tandem: Tandem, words: string, before = '› '): Promise<number[]> => {
	const times: number[] = [];
	for (let length = 1; length <= words.length; length++) {
		const started = performance.now();
		tandem.type(words[length - 1] ?? '');
		await tandem.sees(`${before}${words.slice(0, length)}`.trimEnd());
		times.push(performance.now() - started);
	}
	return times;
};

/** The model starts the command so many times, side by side; the window is idle again. */
export const openFloods = async (stage: Stage, count: number, cmd: string): Promise<Tandem> => {
	await stage.play([
		Array.from({length: count}, (_, index) =>
			call('exec_command', {
				cmd,
				name: `flood-${index + 1}`,
				yield_time_ms: 250,
				max_output_tokens: 50,
			}),
		),
		text('They run.'),
	]);
	const tandem = await stage.open();
	await tandem.submit('start the floods');
	await tandem.sees('They run.');
	return tandem;
};
