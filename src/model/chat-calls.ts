// The tool calls of a streamed chat answer, put together from their deltas. Servers number them each in its own
// way: by index; all with index 0; by id in every delta or in the first alone; whole, without id or index.
import type {AssistantItem} from '../events.js';
import type {CallDelta} from './chat-schema.js';

type Draft = {index: number | undefined; id: string | undefined; name: string; arguments: string};

export const createCallCollector = () => {
	const drafts: Draft[] = [];

	const draftOf = ({index, id, function: part}: CallDelta): Draft => {
		const open = findOpen(drafts, index ?? undefined, id || undefined);
		if (open && !isAnother(open, id || undefined, part?.name || undefined)) return open;
		const draft: Draft = {index: index ?? undefined, id: undefined, name: '', arguments: ''};
		drafts.push(draft);
		return draft;
	};

	return {
		add(delta: CallDelta) {
			const draft = draftOf(delta);
			draft.id ??= delta.id || undefined;
			draft.name ||= delta.function?.name ?? '';
			draft.arguments += delta.function?.arguments ?? '';
		},
		/** In the order in which they began. */
		calls: (): AssistantItem[] =>
			drafts.map(({id, name, arguments: args}, index) => ({
				kind: 'call',
				callId: id ?? `call_${index + 1}`,
				name,
				arguments: args,
			})),
	};
};

/** The call that a delta may go on with. */
const findOpen = (
	drafts: readonly Draft[],
	index: number | undefined,
	id: string | undefined,
): Draft | undefined => {
	const known = id === undefined ? undefined : drafts.find(draft => draft.id === id);
	if (known) return known;
	return index === undefined ? drafts.at(-1) : drafts.findLast(draft => draft.index === index);
};

/** Whether a delta begins a call of its own although it could go on with this one. Every call begins with its name. */
const isAnother = (open: Draft, id: string | undefined, name: string | undefined): boolean => {
	if (name === undefined) return false;
	if (id !== undefined && open.id !== undefined && id !== open.id) return true;
	// Some servers repeat the name with every delta of the same call.
	return open.name !== '' && (name !== open.name || isWhole(open.arguments));
};

const isWhole = (json: string): boolean => {
	try {
		JSON.parse(json);
		return true;
	} catch {
		return false; // Its end is still to come.
	}
};
