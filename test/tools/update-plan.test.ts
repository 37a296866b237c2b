import {expect, test} from 'vitest';
import {parseArguments} from '../../src/agent/arguments.js';
import {updatePlan} from '../../src/tools/update-plan.js';
import {createContext} from './context.js';

const tool = updatePlan();

test('a plan is taken as it is, and how far it is is said back', async () => {
	const plan = [
		{step: 'Read', status: 'completed' as const},
		{step: 'Write', status: 'in_progress' as const},
	];
	expect((await tool.run({plan}, createContext('/tmp'))).output).toBe('Plan updated: 1 of 2 steps done.');
});

test('a status that there is not is answered with the allowed ones', () => {
	const parsed = parseArguments(tool, JSON.stringify({plan: [{step: 'Read', status: 'done'}]}));
	expect(parsed).toMatchObject({
		kind: 'broken',
		message: expect.stringMatching(/plan\.0\.status.*"pending"/),
	});
});
