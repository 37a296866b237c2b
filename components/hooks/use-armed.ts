// Keys that were on their way to something else answer no question: a claim that it has been seen for a while.
import {useLayoutEffect, useRef} from 'react';
import {armedAfterMs} from '../approval-draft.js';
import {useTandem} from './use-tandem.js';

export const useArmed = (): (() => boolean) => {
	const {now} = useTandem();
	const shownAt = useRef(Number.POSITIVE_INFINITY);
	useLayoutEffect(() => {
		shownAt.current = now();
	}, [now]);
	return () => now() - shownAt.current >= armedAfterMs;
};
