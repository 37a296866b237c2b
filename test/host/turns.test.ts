// The time that screens share: nobody has it alone, and typed keys get through.
import {expect, test} from 'vitest';
import {createTurns} from '../../src/host/turns.js';

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve));
const spinUntil = (deadline: number) => {
	while (performance.now() < deadline) {
		// As one does that has always more to do.
	}
};

test('all get their share in order, and the event loop goes on before everybody had one', async () => {
	const turns = createTurns();
	const order: number[] = [];
	const names = [1, 2, 3, 4, 5, 6, 7, 8];
	for (const name of names) {
		const act = (deadline: number) => {
			order.push(name);
			spinUntil(deadline);
			if (order.length < 3 * names.length) turns.enter(act);
		};
		turns.enter(act);
	}
	// The first one took what this turn of the event loop had; the others wait.
	expect(order).toEqual([1]);
	for (let seen = order.length; seen < 3 * names.length; seen = order.length) {
		await nextTurn();
		expect(order.length - seen).toBeLessThanOrEqual(4);
	}
	expect(order.slice(1, 17)).toEqual([...names, ...names]);
});
