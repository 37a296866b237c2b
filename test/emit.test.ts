import {expect, test} from 'vitest';
import {createEmit} from '../src/emit.js';
import type {DurableEvent, Event} from '../src/events.js';

const started: Event = {type: 'call.started', callId: 'c1', name: 'exec_command', at: 1};
const cutOff: Event = {
	...{type: 'call.finished', callId: 'c1', name: 'exec_command', output: 'Interrupted.', isError: false},
	...{isInterrupted: true, positions: {}, told: [], at: 2},
};
const interrupted: Event = {type: 'turn.ended', turnId: 't1', end: {kind: 'interrupted'}, at: 3};
const done: Event = {type: 'turn.ended', turnId: 't1', end: {kind: 'done'}, at: 3};

/** A disk that writes when it is told to. */
const setUp = () => {
	const shown: Event[] = [];
	const writes: {event: DurableEvent; finish(isSaved: boolean): void}[] = [];
	let unsaved = 0;
	const newSaving = () => ({
		save: (event: DurableEvent) => new Promise<boolean>(finish => writes.push({event, finish})),
	});
	let saving = newSaving();
	const emit = createEmit({
		saving: () => saving,
		show: event => shown.push(event),
		onUnsaved: () => unsaved++,
	});
	const leaveSession = () => {
		saving = newSaving();
	};
	return {emit, shown, writes, unsaved: () => unsaved, leaveSession};
};

test('what lasts is shown once it is on record, what passes at once', async () => {
	const {emit, shown, writes} = setUp();
	for (const event of [started, done]) {
		shown.length = 0;
		const emitted = emit(event);
		void emit({type: 'answer.text', text: 'x'});
		expect(shown).toEqual([{type: 'answer.text', text: 'x'}]);
		writes.at(-1)?.finish(true);
		await emitted;
		expect(shown.at(-1)).toBe(event);
	}
});

test('what an interrupt leaves behind is shown before the disk has it, and written in the same order', async () => {
	const {emit, shown, writes} = setUp();
	const emitted = [emit(cutOff), emit(interrupted)];
	expect(shown).toEqual([cutOff, interrupted]);
	expect(writes.map(({event}) => event)).toEqual([cutOff, interrupted]);
	for (const {finish} of writes) finish(true);
	await Promise.all(emitted);
	expect(shown).toHaveLength(2);
});

test('it is not shown before what comes before it', async () => {
	const {emit, shown, writes} = setUp();
	const emitted = [emit(started), emit(cutOff), emit(interrupted)];
	expect(shown).toEqual([]);
	for (const {finish} of writes) finish(true);
	await Promise.all(emitted);
	expect(shown).toEqual([started, cutOff, interrupted]);
});

test.each([true, false])(
	'what is still written of a session that was left is not shown (saved: %s)',
	async isSaved => {
		const {emit, shown, writes, unsaved, leaveSession} = setUp();
		const emitted = emit(started);
		leaveSession();
		writes[0]?.finish(isSaved);
		await emitted;
		expect(shown).toEqual([]);
		expect(unsaved()).toBe(0);
	},
);

test.each([started, interrupted])('that it is not on record is told: $type', async event => {
	const {emit, shown, writes, unsaved} = setUp();
	const emitted = emit(event);
	writes[0]?.finish(false);
	await emitted;
	expect([unsaved(), shown]).toEqual([1, [event]]);
});
