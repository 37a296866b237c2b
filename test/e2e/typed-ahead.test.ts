import {test} from 'vitest';
import {setStage} from '../support/stage.js';
import {startTandem} from '../support/tandem.js';

const stage = setStage();

test('Enter typed before the terminal is raw sends, though the kernel makes a line feed of it', async () => {
	const tandem = await startTandem({place: stage.place, args: ['--trust'], cols: 80, rows: 24});
	// Nothing of the program runs yet: the terminal is as a shell leaves it.
	tandem.type('/status\r');
	await tandem.sees(/trusted +/);
	await tandem.end();
});
