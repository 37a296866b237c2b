// The model's plan as a list with ticks.
import {type CallRenderer, tense, word} from './call.js';

export const updatePlan: CallRenderer = (call, args) => {
	const steps: unknown[] = Array.isArray(args.plan) ? args.plan : [];
	return {
		verb: tense(call, 'Planning', 'Plan'),
		what: word(args.explanation),
		body: steps.map(step => {
			const {step: text, status} =
				typeof step === 'object' && step !== null ? fieldsOf(step) : {step, status: ''};
			if (status === 'completed') return {text: `✔ ${word(text)}`, tone: 'dim'};
			return status === 'in_progress' ? {text: `▸ ${word(text)}`, tone: 'accent'} : {text: `· ${word(text)}`};
		}),
	};
};

const fieldsOf = (step: object): {step: unknown; status: unknown} => ({
	step: 'step' in step ? step.step : undefined,
	status: 'status' in step ? step.status : undefined,
});
