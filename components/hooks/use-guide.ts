// The tour's guide as the composer shows it; the same rows as long as it says the same.
import {useWindowSize} from 'ink';
import {tourOffer} from '../../src/tour.js';
import {type Guide, guideRows, guideTitle} from '../tour-guide.js';
import {useSlice} from './use-tandem.js';

export const useGuide = (): Guide => {
	const {columns, rows} = useWindowSize();
	const title = useSlice(guideTitle);
	const text = useSlice(state => guideRows(state, columns, rows).join('\n'));
	const offered = useSlice(state => tourOffer(state)?.text);
	return {title, rows: text === '' ? [] : text.split('\n'), offered};
};
