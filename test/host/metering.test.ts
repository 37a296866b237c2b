// When the use of processor and memory is looked at: what it costs while nothing moves is counted.
import {expect, onTestFinished, test, vi} from 'vitest';
import {createMetering} from '../../src/host/metering.js';

const setUp = () => {
	vi.useFakeTimers();
	const scene = {looks: 0, moves: true, isWanted: true};
	const metering = createMetering({
		isWanted: () => scene.isWanted,
		look() {
			scene.looks++;
			return scene.moves;
		},
	});
	onTestFinished(() => {
		metering.close();
		vi.useRealTimers();
	});
	const looksWithin = (ms: number) => {
		const before = scene.looks;
		vi.advanceTimersByTime(ms);
		return scene.looks - before;
	};
	return {scene, metering, looksWithin};
};

test('what moves is looked at every two seconds, what rests ever more seldom', () => {
	const {scene, metering, looksWithin} = setUp();
	metering.wake();
	expect(looksWithin(500)).toBe(1);
	expect(looksWithin(20_000)).toBe(10);
	scene.moves = false;
	looksWithin(120_000);
	expect(looksWithin(320_000)).toBe(10);
});

test('who prints after a long rest is looked at soon, however often it prints', () => {
	const {scene, metering, looksWithin} = setUp();
	scene.moves = false;
	metering.wake();
	looksWithin(300_000);
	metering.wake();
	metering.wake();
	expect(looksWithin(2_000)).toBe(1);
});

test('while nobody looks there is no look and no timer', () => {
	const {scene, metering, looksWithin} = setUp();
	metering.wake();
	scene.isWanted = false;
	looksWithin(10_000);
	expect(scene.looks).toBe(0);
	expect(vi.getTimerCount()).toBe(0);
	metering.wake();
	expect(vi.getTimerCount()).toBe(0);
	scene.isWanted = true;
	metering.wake();
	expect(looksWithin(500)).toBe(1);
});
