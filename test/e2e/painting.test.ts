// How often the window paints: 30 times a second at most, whatever prints and wherever it is looked at, and never
// when nothing changes.
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {keys, type Tandem} from '../support/tandem.js';

const stage = setStage();

/** One every 33 ms, and one more at the edge of what is counted; two in one tick would be 60. */
const mostPerSecond = 30 * 1.2;

const frames = (tandem: Tandem): number => tandem.bytes().toString('latin1').split('\x1b[?2026h').length - 1;

/** Frames a second, over so many of them. */
const rate = async (tandem: Tandem, count: number): Promise<number> => {
	const [first, startedAt] = [frames(tandem), performance.now()];
	const painted = await tandem.until(`${count} frames`, () => {
		const seen = frames(tandem) - first;
		return seen >= count ? seen : undefined;
	});
	return painted / ((performance.now() - startedAt) / 1_000);
};

// The panel and the open terminal have news of their own each, and share a frame.
test.each([
	{where: 'in place', size: {cols: 80, rows: 24}},
	{where: 'in the split', size: {cols: 200, rows: 60}},
])('three terminals that print all the time, one of them seen $where', async ({size}) => {
	const tandem = await stage.open(size);
	for (let count = 1; count <= 3; count++) {
		await tandem.submit(`!while sleep 0.005; do echo $((n += 1)); done # ${count}`);
		await tandem.sees(new RegExp(`${count} while|while-${count}`));
	}
	tandem.type(keys.alt('1'));
	await tandem.sees('enter type in it');
	expect(await rate(tandem, 60)).toBeLessThanOrEqual(mostPerSecond);
});

test('nothing is painted while nothing changes', async () => {
	// Where processes' use is not shown: it changes by itself.
	const tandem = await stage.open({cols: 80, rows: 24});
	await tandem.submit('!cat');
	await tandem.submit('!sleep 1; echo fi""rst; sleep 2.5; echo la""st; sleep 100');
	await tandem.sees(/first[\s\S]*2 sleep[^\n]*first/);
	const before = frames(tandem);
	await tandem.sees('last');
	// What is left of the first line, and the last one, in panel and transcript.
	expect(frames(tandem) - before).toBeLessThanOrEqual(4);
});

test('looking resizes nothing: in place, in the split, on the full screen, in the list', async () => {
	const tandem = await stage.open({cols: 80, rows: 24});
	await tandem.submit(`!trap 'echo size $(stty size)' WINCH; while :; do echo tick; sleep 0.1; done`);
	await tandem.sees(/1 trap[^\n]*tick/);
	const isUntouched = async () => {
		await tandem.until('output that is new', nextTick(tandem));
		expect(tandem.text()).not.toMatch(/size \d/);
	};
	tandem.type(keys.alt('1'));
	await tandem.sees('enter type in it');
	await isUntouched();
	tandem.resize({cols: 200, rows: 60});
	await tandem.sees('│─ 1 trap');
	await isUntouched();
	tandem.type('\x1df');
	await tandem.loses('› ask');
	await isUntouched();
	tandem.type('\x1df');
	await tandem.sees('› ask');
	tandem.type('\x0f');
	await tandem.sees('trap as it is now');
	await isUntouched();
	tandem.type(keys.escape);
	await tandem.loses('as it is now');
	tandem.type(keys.enter);
	await tandem.sees(/size \d+ 121/);
});

/** True once three frames more have come. */
const nextTick = (tandem: Tandem) => {
	const before = frames(tandem);
	return () => frames(tandem) - before >= 3 || undefined;
};
