// The guided tour of `tandem demo`: which step comes next, from the conversation alone, so that it can be left and
// gone on with at any point. A step is done when a tool's answer shows what it leads to, whoever asked for it and
// in whatever words. Pure.
import type {Message} from './events.js';
import type {State} from './state.js';

export type TourOffer = {
	/** From 1. */
	number: number;
	of: number;
	/** What there is to see, for people. */
	explain: string;
	/** How to look at it in the window. */
	keys?: string;
	/** What the step sends: a message or a slash command. */
	text: string;
};

/** The step that Enter plays now; undefined: this is no tour, or nothing can be played yet. */
export const tourOffer = (state: State): TourOffer | undefined => {
	const {session, host, messages, terminals, ui} = state;
	if (!session.isTour || host.kind !== 'connected') return undefined;
	const done = tourStepsDone(messages);
	const step = steps[done];
	const hasShop = terminals.some(({cmd, state: {kind}}) => cmd === shopCommand && kind === 'running');
	const offer = step?.needsShop && !hasShop ? startAgain : (step?.offer ?? leave);
	const place = {folder: session.workspace, url: shopUrl(messages), hasSeenPs: ui.hasSeenPs};
	return {number: done + 1, of: tourLength, ...offer(place)};
};

/** How many steps the conversation has behind it. */
export const tourStepsDone = (messages: readonly Message[]): number => {
	let done = 0;
	for (const answers of answersByMessage(messages)) {
		// A server that was started anew has not failed yet, and has nothing in its log.
		if (done > 0 && done < stepsToFix && listens.test(answers)) done = 1;
		else if (steps[done]?.shows.test(answers)) done++;
	}
	return done;
};

/** Whether only leaving is left. */
export const isTourOver = (messages: readonly Message[]): boolean => tourStepsDone(messages) === steps.length;

type Place = {folder: string; url: string; hasSeenPs: boolean};

type Offer = Pick<TourOffer, 'explain' | 'keys' | 'text'>;

type Step = {
	offer(place: Place): Offer;
	/** What a tool's answer shows when the step is done. */
	shows: RegExp;
	needsShop?: true;
};

const shopCommand = 'node server.js';
const start = `start ${shopCommand} as shop`;
const listens = /^Returned because: listening on port \d+$/m;
const visit = (url: string) => `run node visit.js ${url}/login/ada`;

const steps: readonly Step[] = [
	{
		offer: ({folder}) => ({
			explain: `A small shop, copied to ${folder}. This starts its server in a terminal of its own.`,
			keys: 'You are asked before anything runs: y says yes.',
			text: start,
		}),
		shows: listens,
	},
	{
		offer: ({url}) => ({
			explain:
				'Control came back the moment the server listened, and it runs on. Now request its login page.',
			keys: 'Alt+1 looks at the server, Esc comes back.',
			text: visit(url),
		}),
		shows: /\b500 Internal Server Error/,
		needsShop: true,
	},
	{
		offer: () => ({
			explain:
				'The page failed. What did the server say? Its terminal has it; the assistant reads it as you do.',
			text: 'show shop',
		}),
		shows: /TypeError/,
		needsShop: true,
	},
	{
		offer: () => ({
			explain:
				'There it is: a TypeError in login.js, where an await is missing. A patch is shown as a diff before anything is written.',
			text: 'apply fix.patch',
		}),
		shows: /^Success\./m,
	},
	{
		offer: ({url}) => ({
			explain: 'The fix is in, and the server ran all the time. Request the page again.',
			text: visit(url),
		}),
		shows: /\b200 OK/,
		needsShop: true,
	},
	{
		offer: () => ({
			explain: 'It works. Now something longer beside it: a build, in a terminal of its own.',
			text: 'start node build.js as build',
		}),
		shows: /^Name: build/m,
	},
	{
		offer: ({hasSeenPs}) =>
			hasSeenPs
				? {
						explain:
							'Ask for anything while the build runs. Or wait for it: one answer when it has ended, not one poll before.',
						text: 'wait until build ends',
					}
				: {
						explain: 'Server and build run now. /ps shows them live: state, port, age, last lines.',
						keys: 'Esc closes it.',
						text: '/ps',
					},
		shows: /^Built \d+ files into dist/m,
	},
];

/** With the last one, which leaves. */
export const tourLength = steps.length + 1;

/** Behind so many steps the bug is gone. */
const stepsToFix = 4;

const startAgain = (): Offer => ({
	explain: 'The server does not run any more: this starts it again.',
	text: start,
});

const leave = (): Offer => ({
	explain: 'That was the tour. Leaving asks whether the server is to stop or to run on without this window.',
	text: '/quit',
});

/** Where the server said last that it is: another one may hold the usual port. */
const shopUrl = (messages: readonly Message[]): string => {
	const answers = answersByMessage(messages).join('\n');
	return [...answers.matchAll(/^The shop is open: (http\S+)$/gm)].at(-1)?.[1] ?? '';
};

/** The tools' answers to each message of the person. */
const answersByMessage = (messages: readonly Message[]): string[] => {
	const answers: string[] = [];
	for (const message of messages) {
		if (message.role === 'user') answers.push('');
		if (message.role === 'tool' && answers.length > 0) answers.push(`${answers.pop()}\n${message.output}`);
	}
	return answers;
};
