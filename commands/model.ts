import type {Command} from '../src/command.js';
import type {State} from '../src/state.js';

/** Lists the models of every server, or takes one at once: `/model`, `/model qwen3`, `/model ollama qwen3`. */
export const model: Command = {
	name: 'model',
	summary: 'choose the model; it answers from the next turn on',
	usage: '/model [[provider] name]',
	takes: 2,
	complete: ({modelSources}) => [...new Set(modelSources.flatMap(({models}) => models))],
	run({state, actions}, args) {
		const [first, second] = args;
		if (first === undefined) return actions.openModels();
		if (second !== undefined) return actions.chooseModel({provider: first, model: second});
		const provider = providerOf(state, first);
		if (provider !== undefined) return actions.chooseModel({provider, model: first});
		actions.notice(
			`Which server has ${first}? Say /model PROVIDER ${first}, or choose in /model.`,
			'warning',
		);
	},
};

/** The one in use if it lists the model, else one that does, else the one in use. */
const providerOf = ({model: inUse, modelSources}: State, name: string): string | undefined => {
	const current = inUse.kind === 'ready' ? inUse.provider : undefined;
	const listing = modelSources.filter(({models}) => models.includes(name)).map(({provider}) => provider);
	if (current !== undefined && listing.includes(current)) return current;
	return listing[0] ?? current;
};
