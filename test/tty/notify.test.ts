import {expect, test} from 'vitest';
import {notifySequence} from '../../src/tty/notify.js';

test('each kind is one sequence that its text cannot leave', () => {
	const hostile = 'dev\u0007\u001b\\;\u001b]52;c;aGk=\u0007\n\u202eended';
	expect(notifySequence('bell', hostile)).toBe('\u0007');
	for (const kind of ['osc9', 'osc777', 'osc99'] as const) {
		const sequence = notifySequence(kind, hostile);
		expect(sequence.startsWith(`\u001b]${kind.slice(3)};`)).toBe(true);
		expect(sequence.endsWith('\u001b\\')).toBe(true);
		expect(sequence.slice(1, -2)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
	}
	expect(notifySequence('osc777', 'a;b')).toBe('\u001b]777;notify;tandem;a,b\u001b\\');
	expect(notifySequence('osc9', 'x'.repeat(5_000)).length).toBeLessThan(200);
});
