// Whether what a line holds has the form of an event, looked at in place: a long session has hundreds of thousands
// of lines, and a parser that copies each took longer than reading them. Pure.

/** Undefined: the value has the form. Else the path of the first part that has not, empty for the value itself. */
export type Shape<Value> = ((value: unknown) => string | undefined) & {
	/** Only for the type: a shape of another value is none of this. */
	readonly of?: Value;
};

/** A part that may be absent. */
export type Optional<Value> = Shape<Value> & {readonly isOptional: true};

/** Names each part of a value, and which may be absent: one left out would be lost in silence. */
export type Parts<Value> = {
	[Key in keyof Value]-?: Record<never, never> extends Pick<Value, Key>
		? Optional<Value[Key]>
		: Shape<Value[Key]>;
};

export const text: Shape<string> = value => (typeof value === 'string' ? undefined : '');
export const number: Shape<number> = value => (Number.isFinite(value) ? undefined : '');
export const integer: Shape<number> = value => (Number.isSafeInteger(value) ? undefined : '');
export const truth: Shape<boolean> = value => (typeof value === 'boolean' ? undefined : '');
export const anything: Shape<unknown> = () => undefined;

export const oneOf =
	<const Value>(...values: readonly Value[]): Shape<Value> =>
	value =>
		values.some(known => known === value) ? undefined : '';

export const optional = <Value>(shape: Shape<Value>): Optional<Value> =>
	Object.assign((value: unknown) => (value === undefined ? undefined : shape(value)), {
		isOptional: true as const,
	});

export const list =
	<Value>(shape: Shape<Value>): Shape<Value[]> =>
	value => {
		if (!Array.isArray(value)) return '';
		for (let index = 0; index < value.length; index++) {
			const wrong = shape(value[index]);
			if (wrong !== undefined) return joined(String(index), wrong);
		}
		return undefined;
	};

/** Any keys, each value of the one form. */
export const record =
	<Value>(shape: Shape<Value>): Shape<Record<string, Value>> =>
	value => {
		if (!isObject(value)) return '';
		for (const key of Object.keys(value)) {
			const wrong = shape(value[key]);
			if (wrong !== undefined) return joined(key, wrong);
		}
		return undefined;
	};

/** Fields that nobody knows are left as they are. */
export const object = <Value extends object>(parts: Parts<Value>): Shape<Value> => {
	const keys = Object.keys(parts);
	const shapes = Object.values<Shape<unknown>>(parts);
	return value => {
		if (!isObject(value)) return '';
		for (let index = 0; index < keys.length; index++) {
			const key = keys[index] as string; // As long as the list.
			const wrong = shapes[index]?.(value[key]);
			if (wrong !== undefined) return joined(key, wrong);
		}
		return undefined;
	};
};

/** One of several objects that a field tells apart. */
export const tagged = <Value extends object, Tag extends keyof Value & string>(
	tag: Tag,
	kinds: {
		[Kind in Value[Tag] & string]: Parts<Omit<Extract<Value, {[Key in Tag]: Kind}>, Tag>>;
	},
): Shape<Value> => {
	const shapes = new Map(Object.entries<Parts<object>>(kinds).map(([kind, parts]) => [kind, object(parts)]));
	return value => {
		if (!isObject(value)) return '';
		const shape = shapes.get(value[tag] as string); // Anything else is no key.
		return shape ? shape(value) : tag;
	};
};

export const either =
	<First, Second>(first: Shape<First>, second: Shape<Second>): Shape<First | Second> =>
	value =>
		first(value) === undefined ? undefined : second(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const joined = (key: string, path: string) => (path === '' ? key : `${key}.${path}`);
