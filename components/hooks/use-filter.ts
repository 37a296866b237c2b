// The text that filters an overlay's list, while the overlay is on the screen.
import {sanitiseLine} from '../../src/text/sanitise.js';
import {graphemes} from '../../src/text/width.js';
import {useKept} from './use-kept.js';
import {useCommands, useTyping} from './use-tandem.js';

/** `onChange`: what was selected by hand under another filter is not meant any more. */
export const useFilter = ({onChange, onChoose}: {onChange: () => void; onChoose: () => void}) => {
	const filter = useKept(() => '');
	const set = (text: string) => {
		filter.set(text);
		onChange();
	};
	useTyping(text => set(filter.get() + sanitiseLine(text.replace(/\s+/g, ' '))));
	useCommands('filter', command => {
		if (command === 'filter.erase') set(graphemes(filter.get()).slice(0, -1).join(''));
		else if (command === 'filter.clear') set('');
		else onChoose();
	});
	return filter;
};
