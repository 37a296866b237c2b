// What holds for a conversation on its way out, whatever the wire format.

/** The answer of a call that has none: the APIs refuse a conversation with an open call. */
export const unknownOutcome =
	'No result was recorded: tandem ended during this call. Nobody knows whether it ran to its end.';

/** The APIs refuse a conversation for ever after a tool's name that is none. */
export const harmlessName = (name: string): string => name.replace(/[^\w-]/g, '_').slice(0, 64) || '_';

/** Lone surrogates are no UTF-8: many servers refuse the whole request for one. */
export const wellFormed = <Value>(value: Value): Value => {
	if (typeof value === 'string') return value.toWellFormed() as Value & string; // A string stays one.
	if (Array.isArray(value)) return value.map(wellFormed) as Value & unknown[]; // Same length and kinds.
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, wellFormed(field)])) as Value &
		object; // Same fields.
};
