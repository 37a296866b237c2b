// `/experimental`: switches features on and off; nothing is saved before Enter.
import {type FeatureKey, features} from '../../src/features.js';
import {width as widthOf} from '../../src/text/width.js';
import {wrap} from '../../src/text/wrap.js';
import {useKept} from '../hooks/use-kept.js';
import {stepOf} from '../hooks/use-scroll.js';
import {useCommands, useSlice, useTandem} from '../hooks/use-tandem.js';
import {theme} from '../theme.js';
import {OverlayFrame, type Place, roomIn} from './OverlayFrame.js';

export const ExperimentalOverlay = ({width, height}: Place) => {
	const {actions} = useTandem();
	const saved = useSlice(state => state.features);
	const draft = useKept(() => saved);
	const selected = useKept(() => 0);
	const changed = () => features.filter(({key}) => draft.get()[key] !== saved[key]);

	useCommands('overlay', command => {
		const step = stepOf(command, features.length);
		if (step !== undefined) {
			return selected.set(Math.max(0, Math.min(features.length - 1, selected.get() + step)));
		}
		actions.closeOverlay();
		const dropped = changed();
		if (dropped.length > 0) {
			actions.notice(
				`Not saved: ${dropped.map(({name}) => name).join(', ')}. In /experimental, Enter saves.`,
			);
		}
	});
	useCommands('experimental', command => {
		const key: FeatureKey | undefined = features[selected.get()]?.key;
		if (command === 'experimental.toggle') {
			if (key) draft.set({...draft.get(), [key]: !draft.get()[key]});
			return;
		}
		if (changed().length > 0) actions.setFeatures(draft.get());
		actions.closeOverlay();
	});

	const index = selected.value;
	const blocks = features.map((feature, at) =>
		featureRows(feature, draft.value[feature.key], at === index, width),
	);
	const before = blocks.slice(0, index).flat().length;
	const first = Math.max(
		0,
		Math.min(before, before + (blocks[index]?.length ?? 0) - roomIn({width, height})),
	);
	const keys = [
		'space switches',
		changed().length > 0 ? 'enter saves' : 'enter closes',
		'esc closes without saving',
	];
	return (
		<OverlayFrame
			title="experimental features"
			keys={keys}
			rows={blocks.flat()}
			first={first}
			width={width}
			height={height}
		/>
	);
};

const featureRows = (
	feature: (typeof features)[number],
	isOn: boolean,
	isSelected: boolean,
	width: number,
): string[] => {
	const mark = isOn ? theme.good('[x]') : '[ ]';
	const name = isSelected ? theme.strong(feature.name) : feature.name;
	const when = feature.acts === 'now' ? 'acts now' : 'acts in the next turn';
	const byDefault = `default ${feature.isOnByDefault ? 'on' : 'off'}`;
	const head = ` ${isSelected ? theme.accent('▸') : ' '} ${mark} ${name}`;
	const about = theme.dim([feature.key, feature.stage, byDefault, when].join(' · '));
	const fits = widthOf(head) + widthOf(about) + 3 <= width;
	return [
		...(fits
			? [`${head}  ${about}`]
			: [head, ...wrap(about, Math.max(1, width - 9)).map(row => `       ${row}`)]),
		...wrap(feature.summary, Math.max(1, width - 9)).map(row => `       ${row}`),
		'',
	];
};
