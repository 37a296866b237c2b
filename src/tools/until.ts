// The argument `until` of every call that waits: what it may say, and the host's words for it.
import {z} from 'zod';
import type {WaitRequest} from '../host/host.js';

export const untilSchema = z
	.strictObject({
		pattern: z.string().min(1).optional().describe('Regular expression on a line of the output.'),
		port: z
			.union([z.boolean(), z.int().min(1).max(65_535)], {error: 'allowed: true, or a port from 1 to 65535'})
			.optional()
			.describe('true: it listens on any TCP port. A number: on this one.'),
		quiet_ms: z.number().min(1).max(600_000).optional().describe('It has printed nothing for so long.'),
		exit: z.boolean().optional().describe('It ended.'),
		screen: z.string().min(1).optional().describe('Regular expression on a row of the visible screen.'),
	})
	.describe('Come back as soon as any of these holds.');

export type Until = z.infer<typeof untilSchema>;

/** Whether it asks for anything: `{}` and `{"port": false}` do not. */
export const hasCondition = (until: Until | undefined): until is Until =>
	until !== undefined && Object.values(until).some(value => value !== undefined && value !== false);

export const waitConditions = (
	until: Until | undefined,
): Pick<WaitRequest, 'pattern' | 'port' | 'quietMs' | 'screen'> => ({
	...(until?.pattern !== undefined && {pattern: until.pattern}),
	...(until?.port && {port: until.port}),
	...(until?.quiet_ms !== undefined && {quietMs: until.quiet_ms}),
	...(until?.screen !== undefined && {screen: until.screen}),
});

/** What is wrong with its expressions, with the position; undefined: nothing. Asked before anything is started. */
export const findBadPattern = (until: Until | undefined): string | undefined =>
	patternError('until.pattern', until?.pattern) ?? patternError('until.screen', until?.screen);

/** "grep is no valid regular expression: Unterminated group, at position 2: a▸(b". */
export const patternError = (field: string, pattern: string | undefined): string | undefined => {
	if (pattern === undefined) return;
	const message = compileError(pattern);
	if (message === undefined) return;
	const reason = message.slice(message.lastIndexOf(': ') + 2);
	const position = validLength(pattern);
	const shown = `${pattern.slice(0, position)}▸${pattern.slice(position)}`;
	return `${field} is no valid regular expression (JavaScript syntax): ${reason}, at position ${position + 1}: ${shown}`;
};

const compileError = (pattern: string): string | undefined => {
	try {
		// The host's matcher takes `(?i)` at the start, as models write it.
		new RegExp(pattern.replace(/^\(\?i\)/, ''));
		return;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
};

/** The engine does not say where: everything after the longest beginning that is valid is in doubt. */
const validLength = (pattern: string): number => {
	let length = Math.min(pattern.length, 1_000); // each step compiles: keep it bounded
	while (length > 0 && compileError(pattern.slice(0, length)) !== undefined) length--;
	return length;
};
