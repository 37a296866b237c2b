// State of one component that a key changes: painted at once, and the next key of the same read already sees it.
import {useState, useSyncExternalStore} from 'react';
import {createCell} from '../cell.js';

export const useKept = <Value>(initial: () => Value) => {
	const [cell] = useState(() => createCell(initial()));
	return {value: useSyncExternalStore(cell.subscribe, cell.get), get: cell.get, set: cell.set};
};
