// A value and who wants to hear of it: what stands outside the store and a component paints.

export type Cell<Value> = ReturnType<typeof createCell<Value>>;

export const createCell = <Value>(initial: Value) => {
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
