// The argument `until` of every call that waits: what it may say, and the host's words for it.
import {z} from 'zod';
import type {WaitRequest} from '../host/host.js';
import {createMatcher} from '../host/log.js';

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
): Pick<WaitRequest, 'exit' | 'pattern' | 'port' | 'quietMs' | 'screen'> => ({
	...(until?.exit && {exit: true}),
	...(until?.pattern !== undefined && {pattern: until.pattern}),
	...(until?.port && {port: until.port}),
	...(until?.quiet_ms !== undefined && {quietMs: until.quiet_ms}),
	...(until?.screen !== undefined && {screen: until.screen}),
});

/** What is wrong with its expressions; undefined: nothing. Asked before anything is started or typed. */
export const findBadPattern = (until: Until | undefined): string | undefined => {
	for (const field of ['pattern', 'screen'] as const) {
		const pattern = until?.[field];
		const matcher = pattern === undefined ? undefined : createMatcher(pattern);
		if (matcher && 'code' in matcher) return `until.${field}: ${matcher.message}`;
	}
	return;
};
