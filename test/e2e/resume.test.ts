// Coming back to a conversation by its id, and what happens without a right one.
import {expect, test} from 'vitest';
import {text} from '../support/model-server.js';
import {setStage} from '../support/stage.js';
import {startTandem} from '../support/tandem.js';

const stage = setStage();

test('resume lists the sessions with their first words, and goes on with the one that is named', async () => {
	await stage.play([text('Good morning.')]);
	const first = await stage.open();
	await first.submit('say good morning');
	await first.sees('Good morning.');
	await first.submit('/quit');
	expect((await first.exited).exitCode).toBe(0);
	const id = /tandem resume (\S+)/.exec(first.text())?.[1] ?? 'none';

	const list = await startTandem({place: stage.place, args: ['resume']});
	await list.sees('say good morning');
	expect(list.text()).toContain(id);
	expect((await list.exited).exitCode).toBe(1);

	const wrong = await startTandem({place: stage.place, args: ['resume', 'no-such']});
	await wrong.sees('There is no session no-such');
	expect((await wrong.exited).exitCode).toBe(1);

	const again = await stage.open({args: ['resume', id, '--trust']});
	await again.sees('Good morning.');
});
