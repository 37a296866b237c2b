// Asks the person: in words, or to do something themselves in a terminal. The answer then is what its screen shows
// once they gave it back, never what they typed.
import {z} from 'zod';
import description from '../../assets/tools/ask-user.md';
import type {Tool, ToolContext, ToolResult} from '../agent/tool.js';
import type {InquiryAnswer} from '../events.js';
import type {Host} from '../host/host.js';
import type {TerminalInfo} from '../host/protocol.js';
import {sanitiseLine} from '../text/sanitise.js';
import {failed, findTerminal, sessionIdSchema} from './find-terminal.js';
import {readScreen} from './read-terminal.js';
import {orInterrupted} from './wait.js';

const schema = z.strictObject({
	question: z.string().trim().min(1).describe('What you need to know, or what is to be typed. Plain text.'),
	choices: z
		.array(z.string().trim().min(1))
		.max(12)
		.optional()
		.describe('Answers to choose from; own words are always possible. Not with session_id.'),
	session_id: sessionIdSchema
		.optional()
		.describe('A terminal where the user is asked to type: its id or its name.'),
});

export const askUser = (host: Host): Tool<typeof schema> => ({
	name: 'ask_user',
	description,
	schema,
	async run({question, choices = [], session_id: which}, context) {
		if (!context.ask)
			return failed('Nobody is there to answer. Decide by yourself, or do without and say so.');
		if (which === undefined) {
			const {callId, signal} = context;
			return inWords(await context.ask({callId, question, choices}, signal));
		}
		if (choices.length > 0) return failed('choices: leave them out with session_id.');
		const found = await findTerminal(host, which);
		if (found.kind === 'failed') return found.result;
		return typableOr(found.terminal) ?? bringIn(host, found.terminal, question, context);
	},
});

const inWords = (answer: InquiryAnswer): ToolResult => {
	switch (answer.kind) {
		case 'answered':
			return {output: `The user answered: ${answer.text}`, display: {outcome: sanitiseLine(answer.text)}};
		case 'dismissed':
			return {
				output:
					'The user closed the question without an answer. Do not ask it again: decide by yourself, or end your turn.',
				display: {outcome: 'no answer'},
			};
		case 'withdrawn':
			return failed('Interrupted by the user, who had not answered.');
	}
};

/** Why nobody can type there. */
const typableOr = ({id, name, state, tty}: TerminalInfo): ToolResult | undefined => {
	if (state.kind !== 'running')
		return failed(`Terminal ${id} (${name}) does not run any more: nobody can type there.`);
	return tty
		? undefined
		: failed(
				`Terminal ${id} (${name}) has no stdin. Start the command with tty: true, so that the user can type.`,
			);
};

const bringIn = async (
	host: Host,
	terminal: TerminalInfo,
	question: string,
	context: ToolContext,
): Promise<ToolResult> => {
	const {id, name} = terminal;
	const withdrawal = new AbortController();
	const signal = AbortSignal.any([context.signal, withdrawal.signal]);
	const inquiry = {callId: context.callId, question, choices: [], terminal: {id, name}};
	let outcome: InquiryAnswer | Visit | undefined;
	try {
		outcome = await Promise.race([context.ask?.(inquiry, signal), visitOf(host, terminal, signal)]);
	} finally {
		withdrawal.abort();
	}
	if (outcome?.kind !== 'visited') return inWords(outcome ?? {kind: 'withdrawn'});
	return whatItShows(host, outcome, context);
};

type Visit = {kind: 'visited'; hasCome: boolean; terminal: TerminalInfo};

/** Until the person has been inside and gave it back, from whichever window, or until it ended. */
const visitOf = (host: Host, {id, userVisits = 0}: TerminalInfo, signal: AbortSignal): Promise<Visit> => {
	const {promise, resolve} = Promise.withResolvers<Visit>();
	let hasCome = false;
	let hasNews = false;
	const look = (terminal: TerminalInfo | undefined) => {
		if (terminal?.id !== id) return;
		hasNews = true;
		hasCome ||= terminal.driver === 'user' || (terminal.userVisits ?? 0) > userVisits;
		const isOver = terminal.state.kind === 'ended' || terminal.state.kind === 'lost';
		if (isOver || (hasCome && terminal.driver === 'model')) resolve({kind: 'visited', hasCome, terminal});
	};
	const lookAt = (terminals: readonly TerminalInfo[]) => look(terminals.find(each => each.id === id));
	const unsubscribe = host.subscribe(event => {
		if (event.type === 'terminal.changed') look(event.terminal);
		if (event.type === 'host.connected') lookAt(event.terminals);
	});
	signal.addEventListener('abort', unsubscribe, {once: true});
	if (signal.aborted) unsubscribe();
	// What happened before anybody listened; older than what was heard since.
	host.list().then(
		terminals => hasNews || lookAt(terminals),
		() => {}, // The host failed at it; what happens from now on is still heard.
	);
	return promise;
};

// A program that gets the model's size back paints anew.
const settledMs = 100;
const longestMs = 1_000;

const whatItShows = async (
	host: Host,
	{terminal, hasCome}: Visit,
	context: ToolContext,
): Promise<ToolResult> => {
	const {id, name} = terminal;
	await orInterrupted(
		host.wait(id, {quietMs: settledMs, timeoutMs: longestMs}, context.signal),
		context.signal,
	);
	const [now = terminal] = (await host.list()).filter(each => each.id === id);
	const screen = await readScreen(host, now, context);
	const who = `terminal ${id} (${name})`;
	const how = hasCome
		? now.state.kind === 'running'
			? `The user was in ${who} and gave it back. What they typed is not recorded.`
			: `The user was in ${who}, which has ended. What they typed is not recorded.`
		: `Terminal ${id} (${name}) ended before the user came.`;
	const visits = now.userVisits;
	return {
		...screen,
		output: `${how}\n${screen.output}`,
		told: [
			...(screen.told ?? []),
			...(visits === undefined ? [] : [{terminalId: id, what: 'user-typed', visits} as const]),
		],
	};
};
