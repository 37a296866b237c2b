// Keys that were on their way to something else answer no question: a claim that it has been seen for a while. When
// that has become true the question is painted again, so that it can show it.
import {useLayoutEffect, useRef} from 'react';
import {armedAfterMs} from '../approval-draft.js';
import {useNow, useTandem} from './use-tandem.js';

export const useArmed = (): (() => boolean) => {
	const {now} = useTandem();
	const shownAt = useRef(Number.POSITIVE_INFINITY);
	useLayoutEffect(() => {
		shownAt.current = now();
	}, [now]);
	const isArmed = () => now() - shownAt.current >= armedAfterMs;
	useArming(isArmed());
	return isArmed;
};

/** Paints again until it is armed. */
export const useArming = (isArmed: boolean): void => {
	useNow(isArmed ? undefined : armedAfterMs);
};
