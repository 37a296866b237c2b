// What guides the person above the composer: what the model asks, else the tour; the same rows as long as it says the
// same.
import {useWindowSize} from 'ink';
import {useMemo, useSyncExternalStore} from 'react';
import {currentInquiry} from '../../src/state.js';
import {tourOffer} from '../../src/tour.js';
import {inquiryGuide} from '../inquiry-guide.js';
import {type Guide, guideRows, guideTitle} from '../tour-guide.js';
import {useArming} from './use-armed.js';
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
	const {inquiryDraft, now} = useTandem();
	const inquiry = useSlice(currentInquiry);
	const isInside = useSlice(({ui}) => ui.inside !== undefined);
	// Painted again when it has been shown, and when another choice is selected.
	useSyncExternalStore(inquiryDraft.subscribe, inquiryDraft.get);
	const choice = inquiry ? inquiryDraft.choice(inquiry.callId) : 0;
	const isArmed = inquiry === undefined || inquiryDraft.isArmed(inquiry.callId, now());
	// Until it is shown there is nothing to wait for.
	useArming(isArmed || !inquiryDraft.isShown(inquiry.callId));
	return useMemo(
		() => inquiry && inquiryGuide(inquiry, choice, {columns, rows, isInside, isArmed}),
		[inquiry, choice, columns, rows, isInside, isArmed],
	);
};
