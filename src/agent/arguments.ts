// What a model wrote as a call's arguments, checked against its tool's schema; and that schema as the model sees
// it. A wrong argument is answered with the field, what came and what is allowed.
import {z} from 'zod';
import type {ToolSpec} from '../model/model.js';
import {nearest} from '../text/nearest.js';
import type {Tool} from './tool.js';

export type ParsedArguments =
	| {kind: 'valid'; args: unknown}
	/** `fault` is the same for the same mistake. */
	| {kind: 'broken'; fault: string; message: string};

const maxIssues = 5;
const maxShown = 120; // characters of a wrong value

export const parseArguments = ({name, schema}: Tool, text: string): ParsedArguments => {
	const json = parseJson(text);
	if (json.kind === 'broken') {
		return {
			kind: 'broken',
			fault: `${name}: no JSON`,
			message: [
				`The arguments of ${name} are not valid JSON (${json.reason}): ${shorten(text)}`,
				'Nothing was run. Send the call again, with one whole JSON object.',
				`Allowed are: ${fieldNames(schema)}.`,
			].join('\n'),
		};
	}
	const parsed = schema.safeParse(json.value);
	if (parsed.success) return {kind: 'valid', args: parsed.data};

	const {issues} = parsed.error;
	const lines = issues.slice(0, maxIssues).map(issue => `- ${describeIssue(issue, json.value)}`);
	const more = issues.length > maxIssues ? [`- and ${issues.length - maxIssues} more`] : [];
	const [first] = issues;
	return {
		kind: 'broken',
		fault: shorten(`${name}: ${first?.path.join('.')} ${first?.code}`),
		message: [
			`The arguments of ${name} are wrong; nothing was run.`,
			...lines,
			...more,
			`Allowed are: ${fieldNames(schema)}.`,
		].join('\n'),
	};
};

/** What a call of a tool that is not there was meant to be, as far as its name or its arguments tell. */
export const meantCall = (name: string, text: string, tools: readonly Tool[]): string | undefined => {
	const near = nearest(
		name,
		tools.map(tool => tool.name),
	);
	if (near) return `Did you mean ${near}?`;
	const cmd = commandIn(text);
	const runner = tools.find(({schema}) => schema instanceof z.ZodObject && 'cmd' in schema.shape);
	return cmd !== undefined && runner
		? `To run it: ${runner.name} ${shorten(JSON.stringify({cmd}), 2 * maxShown)}`
		: undefined;
};

// What other agents call the argument.
const commandNames = ['command', 'cmd', 'script', 'commands'];

const commandIn = (text: string): string | undefined => {
	const json = parseJson(text);
	if (json.kind === 'broken' || typeof json.value !== 'object' || json.value === null) return;
	for (const name of commandNames) {
		const value: unknown = Reflect.get(json.value, name);
		if (typeof value === 'string' && value.trim() !== '') return value;
	}
	return;
};

/** A tool as the model sees it. */
export const toToolSpec = ({name, description, schema}: Tool): ToolSpec => {
	// What the model writes, not what a default makes of it.
	const {$schema: _, ...parameters} = z.toJSONSchema(schema, {io: 'input', unrepresentable: 'any'});
	return {name, description, parameters};
};

const parseJson = (text: string): {kind: 'parsed'; value: unknown} | {kind: 'broken'; reason: string} => {
	// Some models write nothing where there is nothing to say.
	if (text.trim() === '') return {kind: 'parsed', value: {}};
	try {
		return {kind: 'parsed', value: JSON.parse(text)};
	} catch (error) {
		return {kind: 'broken', reason: error instanceof Error ? error.message : String(error)};
	}
};

const describeIssue = (issue: z.core.$ZodIssue, value: unknown): string => {
	const field = issue.path.length > 0 ? issue.path.join('.') : 'arguments';
	const came = valueAt(value, issue.path);
	const shown = came === undefined ? 'nothing' : shorten(JSON.stringify(came));
	return shorten(`${field}: got ${shown}; ${issue.message}`, 2 * maxShown);
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce<unknown>(
		(at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
		value,
	);

const fieldNames = (schema: z.ZodType): string =>
	schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') || 'none' : 'see the tool';

const shorten = (text: string, length = maxShown): string =>
	text.length > length ? `${text.slice(0, length)}…` : text;
