// Somebody who types into the composer and waits for each key to be seen.
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
