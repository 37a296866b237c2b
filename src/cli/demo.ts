// `tandem demo`: a copy of the sample project and the tour on it. In a terminal the window plays it step by step;
// without one it is played here to its end, in plain lines.
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {createInterface} from 'node:readline/promises';
import type {Actions} from '../actions.js';
import {type OpenSession, openSession, type SessionRequest} from '../open-session.js';
import {openWorkspace} from '../opening.js';
import {ownCommand} from '../own-command.js';
import {preparePrivateFolder, resolvePaths} from '../paths.js';
import {listAllSessions, listSessions, type SessionSummary} from '../session/list.js';
import {scanSession} from '../session/scan.js';
import {type Entry, initialState, reduce, runningTerminals, type State} from '../state.js';
import {sanitise, sanitiseLine} from '../text/sanitise.js';
import {tourLength, tourOffer, tourStepsDone} from '../tour.js';
import {findWorkspace} from '../workspace.js';

/** Where the tour plays: in a new copy of the project, or in the one of a tour that is gone on with. */
export type TourPlace = Pick<SessionRequest, 'cwd' | 'resume' | 'isTour' | 'trust'>;

/** Asks, if a tour was left before its end, whether to go on with it. `entry`: real path of the program's entry. */
export const chooseTour = async (entry: string): Promise<TourPlace> => {
	const left = await findLeftTour();
	if (!left) return newTour(entry);
	const {id, folder, stepsDone} = left;
	const terminal = createInterface({input: process.stdin, output: process.stdout});
	terminal.on('SIGINT', () => process.exit(130));
	terminal.on('close', () => process.stdin.pause());
	const question = `A tour was left at step ${stepsDone + 1} of ${tourLength}, in ${folder}.\nGo on with it? [Y/n] `;
	const answer = await terminal.question(sanitise(question));
	terminal.close();
	return /^\s*n/i.test(answer) ? newTour(entry) : {cwd: folder, resume: {id}, ...played};
};

/** Removes the copy of a tour in which nothing was played. */
export const forgetUnplayed = async ({cwd, resume}: TourPlace): Promise<void> => {
	const paths = resolvePaths({env: process.env, platform: process.platform});
	if (resume !== undefined || paths.kind === 'failed') return;
	const sessions = join(paths.stateFolder, 'workspaces', findWorkspace(cwd).key, 'sessions');
	if ((await listSessions(sessions)).length === 0) await rm(cwd, {recursive: true, force: true});
};

/** A temporary copy, so that the tour changes nothing of anybody's. */
export const newTour = (entry: string): TourPlace => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-demo-')));
	cpSync(join(dirname(entry), '..', 'assets', 'demo'), folder, {recursive: true});
	// A workspace of its own, whatever lies above.
	mkdirSync(join(folder, '.tandem'));
	return {cwd: folder, ...played};
};

/** Trusted, for this run: every file in the copy is tandem's own, and nobody else can write there (0700). */
const played = {isTour: true, trust: true} as const;

/** The tour's commands are `node …`: they get the Node that runs tandem, which is new enough and surely there. */
export const provideNode = (env: NodeJS.ProcessEnv): void => {
	env.PATH = [dirname(process.execPath), env.PATH].filter(Boolean).join(delimiter);
};

type LeftTour = {id: string; folder: string; stepsDone: number};

/** The newest tour that was begun and not ended, is open nowhere, and still has its folder. */
const findLeftTour = async (): Promise<LeftTour | undefined> => {
	const paths = resolvePaths({env: process.env, platform: process.platform});
	if (paths.kind === 'failed') return undefined;
	const newest = (await listAllSessions(paths.stateFolder)).find(({isTour}) => isTour);
	return newest && newest.openIn === undefined ? leftTour(newest) : undefined;
};

const leftTour = ({id, file, folder: tourFolder}: SessionSummary): LeftTour | undefined => {
	if (!existsSync(join(tourFolder, 'server.js'))) return undefined;
	// The temporary folder may have been emptied, and somebody else may have put a folder of that name there.
	if (preparePrivateFolder(tourFolder, process.getuid?.() ?? 0)) return undefined;
	const {events} = scanSession(readFileSync(file));
	const {messages} = events.reduce<State>(reduce, initialState(tourFolder, id));
	const stepsDone = tourStepsDone(messages);
	return stepsDone < tourLength - 1 ? {id, folder: tourFolder, stepsDone} : undefined;
};

/** Plays the tour to its end and stops its terminals; 0: every step showed what it was to show. */
export const playTour = async (request: SessionRequest): Promise<number> => {
	const stop = new AbortController();
	const say = (label: string, text: string) => {
		for (const line of sanitise(text).split('\n'))
			if (line.trim() !== '') process.stdout.write(`${label}: ${line}\n`);
	};
	const left = Promise.withResolvers<void>();
	const opening = openWorkspace(request);
	const opened =
		opening.kind === 'failed'
			? opening
			: await openSession(request, opening, {
					commands: [],
					size: () => ({columns: 80, rows: 24}),
					copy: async () => ({isCopied: false, words: ': there is no terminal.'}),
					lendTerminal: act => act(),
					suspend: async () => {},
					onLeft({troubles}) {
						for (const trouble of troubles) say('warning', trouble);
						left.resolve();
					},
				});
	if (opened.kind === 'failed') {
		say('error', opened.message);
		return 1;
	}
	const {store, app} = opened;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
	say(
		'tour',
		`No terminal here, so it plays by itself and asks nothing (approvals: full). Its copy of the sample project: ${request.cwd}`,
	);
	// Nobody reads on, as with `| head`: nothing may be left running all the same.
	process.stdout.on('error', () => stop.abort());
	opened.warn();
	await opened.begin();
	const isDone = await playSteps({store, actions: app.actions, say, signal: stop.signal});
	const running = runningTerminals(store.get()).map(({name}) => name);
	app.actions.leave('stop');
	await left.promise;
	if (running.length > 0) say('tour', `Stopped ${running.join(', ')}.`);
	if (!isDone) {
		say('tour', `Not played to its end. Look at it with: ${ownCommand(`resume --last -C ${request.cwd}`)}`);
		return stop.signal.aborted ? 130 : 1;
	}
	await rm(request.cwd, {recursive: true, force: true});
	say(
		'tour',
		`Done; its copy is removed. In a terminal, ${ownCommand('demo')} plays it step by step, with you.`,
	);
	return 0;
};

type Player = {
	store: OpenSession['store'];
	actions: Pick<Actions, 'submit' | 'openOverlay' | 'closeOverlay'>;
	say(label: string, text: string): void;
	signal: AbortSignal;
};

/** Whether every step showed what it was to show. */
const playSteps = async ({store, actions, say, signal}: Player): Promise<boolean> => {
	const {submit, openOverlay, closeOverlay} = actions;
	for (;;) {
		const offer = await change(store, signal, state =>
			state.host.kind === 'lost' ? ('lost' as const) : tourOffer(state),
		);
		if (offer === undefined) return false;
		if (offer === 'lost') {
			const {host} = store.get();
			say('error', host.kind === 'lost' ? host.reason : 'The terminals could not be reached.');
			return false;
		}
		say(`step ${offer.number} of ${offer.of}`, offer.explain);
		if (offer.text === '/quit') return true;
		if (offer.text === '/ps') {
			openOverlay('ps');
			for (const line of terminalLines(store.get())) say('/ps', line);
			closeOverlay();
			continue;
		}
		const before = store.get().entries.length;
		submit(offer.text);
		const isOver = await change(store, signal, ({entries}) =>
			entries.slice(before).some(({kind}) => kind === 'turn-end') ? true : undefined,
		);
		for (const [label, text] of store.get().entries.slice(before).flatMap(entryLines)) say(label, text);
		if (!isOver) return false;
		if (tourStepsDone(store.get().messages) < offer.number) {
			say('error', `Step ${offer.number} did not show what it should.`);
			return false;
		}
	}
};

/** The first value that is not undefined, now or when the state changes; undefined once the signal aborts. */
const change = <Value>(
	store: OpenSession['store'],
	signal: AbortSignal,
	find: (state: State) => Value | undefined,
): Promise<Value | undefined> =>
	new Promise(resolve => {
		const finish = (value: Value | undefined) => {
			unsubscribe();
			signal.removeEventListener('abort', onAbort);
			resolve(value);
		};
		const onAbort = () => finish(undefined);
		const look = () => {
			const value = find(store.get());
			if (value !== undefined) finish(value);
		};
		const unsubscribe = store.subscribe(look);
		signal.addEventListener('abort', onAbort);
		if (signal.aborted) onAbort();
		else look();
	});

/** Labelled lines of what a turn brought. */
const entryLines = (entry: Entry): [string, string][] => {
	switch (entry.kind) {
		case 'user':
			return [['you', entry.text], ...entry.notices.map((notice): [string, string] => ['notice', notice])];
		case 'call': {
			const {name, display, status} = entry;
			const changed = display.diff?.split('\n').filter(line => /^[+-](?![+-]{2} )/.test(line)) ?? [];
			const rows = [`${name} ${subjectOf(entry.arguments)}→ ${display.outcome ?? status}`, ...changed];
			return rows.map((row): [string, string] => ['call', row]);
		}
		case 'text':
			return [['assistant', entry.text.replaceAll('```', '')]];
		case 'turn-end':
			return entry.end.kind === 'failed' ? [['error', entry.end.message]] : [];
		case 'notice':
			return [['notice', entry.text]];
		default:
			return [];
	}
};

/** What a call is about: its command, file or terminal. */
const subjectOf = (args: string): string => {
	const {cmd, path, session_id, session_ids} = JSON.parse(args);
	const subject = cmd ?? path ?? session_id ?? session_ids;
	return subject === undefined ? '' : `${sanitiseLine(String(subject))} `;
};

const terminalLines = ({terminals}: State): string[] =>
	terminals.map(({id, name, cmd, state, ports, lastLines}) => {
		const where = ports.map(({url}) => url).join(' ');
		const last = lastLines.at(-1) ?? '';
		return [`${name} (${id})`, state.kind, where, sanitiseLine(cmd), sanitiseLine(last)]
			.filter(Boolean)
			.join(' · ');
	});
