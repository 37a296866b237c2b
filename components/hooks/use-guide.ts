// What guides the person above the composer: what the model asks, else the tour; the same rows as long as it says the
// same.
import {useWindowSize} from 'ink';
import {useMemo, useSyncExternalStore} from 'react';
import {currentInquiry} from '../../src/state.js';
import {tourOffer} from '../../src/tour.js';
import {inquiryGuide} from '../inquiry-guide.js';
import {type Guide, guideRows, guideTitle} from '../tour-guide.js';
import {useSlice, useTandem} from './use-tandem.js';

export const useGuide = (): Guide => {
	const {columns, rows} = useWindowSize();
	const title = useSlice(guideTitle);
	const text = useSlice(state => guideRows(state, columns, rows).join('\n'));
	const offered = useSlice(state => tourOffer(state)?.text);
	const inquiry = useInquiryGuide(columns, rows);
	return inquiry ?? {title, rows: text === '' ? [] : text.split('\n'), offered};
};

const useInquiryGuide = (columns: number, rows: number): Guide | undefined => {
	const {inquiryDraft} = useTandem();
	const inquiry = useSlice(currentInquiry);
	const isInside = useSlice(({ui}) => ui.inside !== undefined);
	const choice = useSyncExternalStore(inquiryDraft.subscribe, () =>
		inquiry ? inquiryDraft.choice(inquiry.callId) : 0,
	);
	return useMemo(
		() => inquiry && inquiryGuide(inquiry, choice, {columns, rows, isInside}),
		[inquiry, choice, columns, rows, isInside],
	);
};
