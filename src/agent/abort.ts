// Waiting that ends with a signal, whatever the awaited does.

/** What takes the place of a value that did not come before the abort. */
export const aborted = Symbol('aborted');

/** The promise's value, or `aborted` once the signal has aborted and the grace is over. A rejection passes. */
export const orAborted = async <Value>(
	promise: Promise<Value>,
	signal: AbortSignal,
	graceMs = 0,
): Promise<Value | typeof aborted> => {
	const {promise: cut, resolve} = Promise.withResolvers<typeof aborted>();
	let timer: NodeJS.Timeout | undefined;
	const onAbort = () => {
		if (graceMs === 0) return resolve(aborted);
		timer = setTimeout(() => resolve(aborted), graceMs);
	};
	signal.addEventListener('abort', onAbort, {once: true});
	if (signal.aborted) onAbort();
	try {
		return await Promise.race([promise, cut]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
	}
};
