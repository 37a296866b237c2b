import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createHeartbeat} from '../../src/host/heartbeat.js';

let now = 0;
let told: string[] = [];
let stop = () => {};
beforeEach(() => {
	vi.useFakeTimers();
	now = 0;
	told = [];
});
afterEach(() => {
	stop();
	vi.useRealTimers();
});

/** Lets one interval pass; `lateMs` is how long this process was not scheduled. */
const pass = (lateMs = 0) => {
	now += 5_000 + lateMs;
	vi.advanceTimersByTime(5_000);
};
const create = () => {
	const heartbeat = createHeartbeat({
		ping: () => told.push('ping'),
		onSilent: () => told.push('silent'),
		onBack: () => told.push('back'),
		now: () => now,
	});
	stop = heartbeat.stop;
	return heartbeat;
};

test('silence is told once, ten seconds after the last sign, and so is the return', () => {
	const {beat} = create();
	pass();
	beat();
	pass();
	pass();
	pass();
	beat();
	beat();
	expect(told).toEqual(['ping', 'ping', 'silent', 'ping', 'ping', 'back']);
});

test('a host that answers is never told as silent', () => {
	const {beat} = create();
	for (let round = 0; round < 100; round++) {
		pass();
		beat();
	}
	expect(told).toEqual(Array(100).fill('ping'));
});

test('after a sleep of our own the host is asked again before anything is told', () => {
	const {beat} = create();
	pass();
	pass(8 * 3_600_000);
	expect(told).toEqual(['ping', 'ping']);
	beat();
	pass();
	expect(told).toEqual(['ping', 'ping', 'ping']);
});
