// Sessions of any length, as a person and a model would have had them: the same for the same seed.
import type {DurableEvent} from '../../src/events.js';
import {createRandom} from './random.js';

/** `size`: characters of a call's output. */
export const longSession = ({turns, size, seed = 1}: {turns: number; size: number; seed?: number}) => {
	const random = createRandom(seed);
	const events: DurableEvent[] = [
		{type: 'session.started', sessionId: 's', workspace: '/w', model: 'm', tandem: '0', at: 1},
	];
	const openShells: string[] = [];
	for (let turn = 1; turn <= turns; turn++) events.push(...aTurn(turn, {size, random, openShells}));
	return events;
};

const aTurn = (
	turn: number,
	{size, random, openShells}: {size: number; random: (below: number) => number; openShells: string[]},
): DurableEvent[] => {
	const [turnId, at] = [`t${turn}`, turn];
	const events: DurableEvent[] = [
		{type: 'message.sent', messageId: `m${turn}`, text: `do ${turn}`, notices: [], told: [], at},
		{type: 'turn.started', turnId, at},
	];
	const calls = random(6);
	for (let call = 0; call < calls; call++) {
		// Some servers number calls anew in every answer.
		const callId = random(2) ? `call_${call}` : `c${turn}.${call}`;
		const name = 'exec_command';
		const reasoning = {kind: 'reasoning', summary: 'Hm.', item: 'x'.repeat(size / 4)} as const;
		const items = [reasoning, {kind: 'call', callId, name, arguments: '{"cmd":"ls"}'} as const];
		events.push({type: 'answer.finished', turnId, items, usage: {inputTokens: turn, outputTokens: 1}, at});
		if (random(20) === 0) continue;
		events.push({type: 'call.started', callId, name, at});
		if (random(20) === 0) continue;
		events.push({
			type: 'call.finished',
			callId,
			name,
			output: 'a line of output ü\n'.repeat(size / 19),
			isError: random(5) === 0,
			display: {terminalId: turn, tail: ['x']},
			positions: {[turn]: {line: call, seen: []}},
			told: random(2) ? [{terminalId: turn, what: 'ended'}] : [],
			at,
		});
	}
	if (random(10) === 0) {
		events.push({type: 'shell.sent', shellId: `s${turn}`, cmd: 'top', at});
		openShells.push(`s${turn}`);
	}
	const shellId = openShells[0];
	if (shellId !== undefined && random(5) === 0) {
		openShells.shift();
		events.push({type: 'shell.ended', shellId, end: {kind: 'lost'}, tail: ['y'], earlierLines: 1, at});
	}
	events.push({type: 'answer.finished', turnId, items: [{kind: 'text', text: `done ${turn}`}], at});
	events.push({type: 'turn.ended', turnId, end: {kind: random(9) ? 'done' : 'interrupted'}, running: [], at});
	return events;
};
