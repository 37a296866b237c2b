// State of one component that a key changes: painted at once, and the next key of the same read already sees it.
import {useState, useSyncExternalStore} from 'react';

export const useKept = <Value>(initial: () => Value) => {
	const [cell] = useState(() => createCell(initial()));
	return {value: useSyncExternalStore(cell.subscribe, cell.get), get: cell.get, set: cell.set};
};

const createCell = <Value>(initial: Value) => {
	let value = initial;
	const listeners = new Set<() => void>();
	return {
		get: () => value,
		set: (next: Value) => {
			value = next;
			for (const listener of listeners) listener();
		},
		subscribe: (listener: () => void) => {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
	};
};
