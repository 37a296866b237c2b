// `/model`: the servers and their models; typing filters, Enter takes the selected one. Servers that are slow or
// fail say so in their own row; the list never waits for them.
import type {ModelSource, ModelStatus} from '../../src/events.js';
import {fuzzyMatch} from '../../src/text/fuzzy.js';
import {plural} from '../../src/text/plural.js';
import {truncate} from '../../src/text/truncate.js';
import {useFilter} from '../hooks/use-filter.js';
import {useKept} from '../hooks/use-kept.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {clean, filterRow, sides} from '../lines.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

type Pick = {provider: string; model: string};

export const ModelOverlay = ({width, height}: Place) => {
	const {actions, store, caret} = useTandem();
	const sources = useSlice(state => state.modelSources);
	const inUse = useSlice(state => state.model);
	const picked = useKept<Pick | undefined>(() => undefined);
	const filter = useFilter({
		onChange: () => picked.set(undefined),
		onChoose() {
			const {picks, index} = selection();
			const choice = picks[index];
			if (!choice) return;
			actions.closeOverlay();
			actions.chooseModel(choice);
		},
	});

	/** As things are now, -1 for none: keys may come faster than frames. */
	const selection = () => selectedIn(store.get().modelSources, filter.get(), picked.get(), store.get().model);

	useCommands('overlay', command => {
		const step = stepOf(command, roomIn({width, height}));
		if (step === undefined) return actions.closeOverlay();
		const {picks, index} = selection();
		picked.set(picks[Math.max(0, Math.min(picks.length - 1, index + step))]);
	});

	const {picks, index} = selectedIn(sources, filter.value, picked.value, inUse);
	const selected = picks[index];
	const blocks = sources.flatMap(source =>
		sourceRows(source, {filter: filter.value, selected, inUse, width}),
	);
	const room = Math.max(1, roomIn({width, height}) - 1);
	const at = blocks.findIndex(({isSelected}) => isSelected);
	const first = Math.max(0, Math.min(blocks.length - room, at - Math.floor(room / 2)));
	const hasServer = sources.some(({origin}) => origin !== 'built-in');
	const rows = [
		...blocks.slice(first, first + room).map(({row}) => row),
		...(hasServer ? [] : emptyRows(width)),
	];
	const place = index < 0 ? plural(picks.length, 'model') : `${index + 1} of ${picks.length}`;
	return (
		<OverlayFrame
			title={`choose a model · ${place}`}
			keys={['↑↓ enter choose', 'letters filter', 'esc close']}
			rows={[filterRow(filter.value, caret, width), ...rows]}
			width={width}
			height={height}
		/>
	);
};

/** What can be picked under this filter, and which of it is selected. */
const selectedIn = (
	sources: readonly ModelSource[],
	filter: string,
	picked: Pick | undefined,
	inUse: ModelStatus,
): {picks: Pick[]; index: number} => {
	const found = sources.flatMap(source =>
		source.models.flatMap(model => {
			const score = scoreOf(filter, source.provider, model);
			return score === undefined ? [] : [{source, model, score}];
		}),
	);
	const picks = found.map(({source: {provider}, model}) => ({provider, model}));
	const byHand = picks.findIndex(
		({provider, model}) => provider === picked?.provider && model === picked.model,
	);
	if (byHand >= 0) return {picks, index: byHand};
	const best = Math.max(...found.map(({score}) => score));
	// Servers answer while the person looks: nothing that came by itself is selected unasked.
	const isMeant = ({source, model, score}: (typeof found)[number]) =>
		filter === '' ? inUse.kind === 'ready' && isInUse(source, model, inUse) : score === best;
	return {picks, index: found.findIndex(isMeant)};
};

const isInUse = ({provider, origin}: ModelSource, model: string, inUse: ModelStatus): boolean => {
	if (inUse.kind === 'offline') return origin === 'built-in';
	return inUse.kind === 'ready' && inUse.provider === provider && inUse.name === model;
};

/** How well a filter fits, undefined if it does not; in the model's own name it fits better than with its server's. */
const scoreOf = (filter: string, provider: string, model: string): number | undefined =>
	fuzzyMatch(filter, model)?.score ??
	(fuzzyMatch(filter, `${provider} ${model}`) && Number.NEGATIVE_INFINITY);

const sourceRows = (
	source: ModelSource,
	{
		filter,
		selected,
		inUse,
		width,
	}: {filter: string; selected: Pick | undefined; inUse: ModelStatus; width: number},
): {row: string; isSelected: boolean}[] => {
	const {provider, models, address} = source;
	const shown = models.filter(model => scoreOf(filter, provider, model) !== undefined);
	if (shown.length === 0 && filter !== '' && models.length > 0) return [];
	const head = ` ${theme.strong(clean(provider))} ${theme.dim(clean(address))}`;
	return [
		{row: sides(head, stateOf(source), width - 1), isSelected: false},
		...(source.state.kind === 'failed'
			? [{row: theme.warn(truncate(`     ${clean(source.state.message)}`, width - 1)), isSelected: false}]
			: []),
		...shown.map(model => {
			const isSelected = provider === selected?.provider && model === selected.model;
			const isCurrent = isInUse(source, model, inUse);
			const name = isSelected ? theme.strong(clean(model)) : clean(model);
			const row = ` ${isSelected ? theme.accent('▸') : ' '} ${isCurrent ? theme.good('●') : ' '} ${name}`;
			return {row: sides(row, isCurrent ? theme.dim('in use') : '', width - 1), isSelected};
		}),
	];
};

const stateOf = ({state, origin, models}: ModelSource): string => {
	if (state.kind === 'asking') return theme.dim('asking …');
	if (state.kind === 'failed') return theme.bad('failed');
	if (models.length === 0) return theme.warn('lists no models');
	if (origin === 'found') return theme.warn('found on this machine');
	return theme.dim(origin === 'environment' ? 'from OPENAI_BASE_URL' : '');
};

const emptyRows = (width: number): string[] => [
	'',
	...[
		' No server is set up, and none was found on this machine.',
		' Start one (Ollama, LM Studio, llama.cpp, vLLM), or set OPENAI_API_KEY or OPENAI_BASE_URL.',
	].map(row => theme.dim(truncate(row, width - 1))),
];
