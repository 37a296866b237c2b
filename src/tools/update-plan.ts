// The model's plan. It does nothing: the transcript draws the steps from the call's arguments.
import {z} from 'zod';
import description from '../../assets/tools/update-plan.md';
import type {Tool} from '../agent/tool.js';

const schema = z.strictObject({
	explanation: z.string().optional().describe('Why the plan is made or changed, in a sentence.'),
	plan: z
		.array(
			z.strictObject({
				step: z.string().min(1).describe('A few words.'),
				status: z.enum(['pending', 'in_progress', 'completed']),
			}),
		)
		.min(1)
		.describe('All steps in order, also those that are done.'),
});

export const updatePlan = (): Tool<typeof schema> => ({
	name: 'update_plan',
	description,
	schema,
	async run({plan}) {
		const done = plan.filter(({status}) => status === 'completed').length;
		return {output: `Plan updated: ${done} of ${plan.length} steps done.`};
	},
});
