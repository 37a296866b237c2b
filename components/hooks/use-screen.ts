// The live screen of one terminal, watched while a component shows it. Never goes through the store.
import {useMemo, useSyncExternalStore} from 'react';
import type {Snapshot} from '../../src/host/protocol.js';
import {useTandem} from './use-tandem.js';

/** Undefined until the first snapshot has come. */
export const useScreen = (id: number): Snapshot | undefined => {
	const {actions} = useTandem();
	const source = useMemo(() => {
		let latest: Snapshot | undefined;
		return {
			get: () => latest,
			subscribe: (listener: () => void) =>
				actions.watchTerminal(id, snapshot => {
					latest = snapshot;
					listener();
				}),
		};
	}, [actions, id]);
	return useSyncExternalStore(source.subscribe, source.get);
};
