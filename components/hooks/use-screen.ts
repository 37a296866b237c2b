// The live screen of one terminal, and which terminal's screen can be shown.
import {useCallback, useLayoutEffect, useRef, useSyncExternalStore} from 'react';
import type {Snapshot} from '../../src/host/protocol.js';
import {useTandem} from './use-tandem.js';

/** Watched while a component shows it; undefined until the first snapshot has come. */
export const useScreen = (id: number): Snapshot | undefined => {
	const {screens} = useTandem();
	return useSyncExternalStore(useWatching(id), () => screens.latest(id));
};

/** The wanted terminal, once its screen is there: until then what was shown before it stays. */
export const useShown = (wanted: number | undefined): number | undefined => {
	const {screens} = useTandem();
	const before = useRef<number>(undefined);
	const shown = useSyncExternalStore(useWatching(wanted), () =>
		wanted === undefined || screens.isReady(wanted) ? wanted : before.current,
	);
	useLayoutEffect(() => {
		before.current = shown;
	});
	return shown;
};

const useWatching = (id: number | undefined) => {
	const {store, screens} = useTandem();
	return useCallback(
		(listener: () => void) => {
			const stopListening = store.subscribe(listener);
			const stopWatching = id === undefined ? () => {} : screens.watch(id);
			return () => {
				stopListening();
				stopWatching();
			};
		},
		[store, screens, id],
	);
};
