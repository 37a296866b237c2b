// The imperative shell of a window: owns `emit` and the session, starts turns and implements the actions, those on
// terminals and the way out in files of their own. No React.
import {randomUUID} from 'node:crypto';
import type {Actions, Surroundings} from './actions.js';
import {runTurn} from './agent/loop.js';
import {collectNotices, hasUntoldEnd} from './agent/notices.js';
import type {KnownFacts} from './agent/run-call.js';
import {nextMode} from './approval-modes.js';
import {createApproving} from './approving.js';
import {createAsking} from './asking.js';
import {type Command, findCommand, noSuchCommand, parseLine, parseShellLine, tooMany} from './command.js';
import {type Copied, createCopying} from './copying.js';
import type {Diagnostics} from './diagnostics.js';
import {createDriving} from './driving.js';
import type {Edited} from './edit-in-editor.js';
import {createEmit} from './emit.js';
import {tornTurnEnd} from './entries.js';
import {type DurableEvent, type Event, isDurable, type SessionChoice} from './events.js';
import type {FeatureKey} from './features.js';
import {createFold} from './fold.js';
import type {Host} from './host/host.js';
import {createHostNews} from './host-news.js';
import {createLeaving} from './leaving.js';
import type {Model} from './model/model.js';
import {createSaving, type Opened, type Saving} from './saving.js';
import type {SessionLog} from './session/log.js';
import {createShellLines} from './shell-lines.js';
import {currentInquiry, runningTerminals} from './state.js';
import type {Store} from './store.js';
import {createTerminalActions} from './terminal-actions.js';
import {plural} from './text/plural.js';
import {toolsFor} from './tools/index.js';
import {describeTerminals} from './tools/list-terminals.js';
import {mendPatches} from './tools/patch-mend.js';
import {createWaking} from './waking.js';

export type AppOptions = {
	store: Store;
	host: Host;
	/** Where the session works; relative paths start here. */
	cwd: string;
	/** Version of the program, for the session's first line. */
	tandem: string;
	commands: readonly Command[];
	/** The model that the configuration means now. */
	model(): Promise<Model>;
	/** The models that can be chosen. */
	models: {ask(): void; choose(choice: {provider: string; model: string}): Promise<void>};
	/** The whole environment of commands, secrets withheld; of another shell or without its login files if asked. */
	environment(asked?: {shell: string | undefined; isLogin: boolean}): Promise<Record<string, string>>;
	/** The window's. */
	size(): {columns: number; rows: number};
	/** For the history of later sessions. */
	remember(text: string): void;
	surroundings(sessionId: string): Surroundings;
	/** Puts text on the clipboard. */
	copy(text: string): Promise<Copied>;
	/** Has the person write on in their own editor. */
	editText(text: string): Promise<Edited>;
	/** Stops the process; resolves when it goes on. */
	suspend(): Promise<void>;
	/** What the model is told first; with the folder's own instructions only if it is trusted. */
	instructions(isTrusted: boolean): Promise<string>;
	/** Hands the events that it has to `take`. */
	openLog(sessionId: string, take?: (event: DurableEvent) => void): Promise<Opened>;
	/** A resumed session's log. */
	log?: SessionLog;
	/** Why nothing can be stored, in words; undefined: it can. */
	obstacle(): string | undefined;
	/** Where patches are on record while they are written. Undefined: nowhere, nothing can be stored. */
	patchFolder(): string | undefined;
	newSessionId(): string;
	/** The sessions that can be gone on with: this folder's first, then the others', newest first. */
	listSessions(): Promise<SessionChoice[]>;
	/** Stores the features; resolves with what went wrong, in words. */
	saveFeatures(features: Record<FeatureKey, boolean>): Promise<string | undefined>;
	/** Remembers that the folder is trusted; resolves with what went wrong, in words. */
	rememberTrust(): Promise<string | undefined>;
	/** Called after the folder became trusted: its configuration counts from now on. */
	onTrusted(): Promise<void>;
	/**
	 * Everything is over: terminals are kept or stopped, the log is closed. `troubles`: what could not be ended.
	 * `isOnDisk`: the session can be gone on with.
	 */
	onLeft(end: {troubles: readonly string[]; isOnDisk: boolean}): void;
	diagnostics: Diagnostics;
};

export type App = {
	actions: Actions;
	emit(event: Event): Promise<void>;
	/** Closes a turn that was torn, tells what of the log is damaged, follows the host and sends the prompt. */
	start(prompt?: string): Promise<void>;
};

const shellHelp =
	'!COMMAND runs in a terminal of yours, now and beside the model, which can read it: !npm test';

export const createApp = (options: AppOptions): App => {
	const {store, host, diagnostics} = options;
	let turn: {controller: AbortController; ended: Promise<void>; hasRun?: true} | undefined;
	let serial = 0;
	// The state learns a new session's id from its first event; the log's name is needed before.
	let sessionId = store.get().session.id;
	const startedAt = Date.now();
	let isSavingWaived = false;
	// A resumed conversation begins with the list of terminals.
	let hasTerminalTable = options.log === undefined;

	/** What the person has allowed for one session holds in no other. */
	const forgetAnswers = () => {
		approving.forget();
		isSavingWaived = false;
	};

	/** What waits until the person has said whether the folder is trusted. */
	let afterTrust: (() => void) | undefined;

	// The log's first line stands before everything else.
	let hasSession = options.log !== undefined;

	const newSaving = (log?: SessionLog): Saving => {
		const own: Saving = createSaving({
			open: () => options.openLog(sessionId),
			...(log && {log}),
			onTrouble(message) {
				// What is still written of a session that was left concerns nobody.
				if (own === saving) show({type: 'banner.changed', text: message && `Not being saved: ${message}`});
			},
		});
		return own;
	};
	let saving = newSaving(options.log);

	/** Who sees the banner before anything is sent goes on knowing it. */
	const foreseeTrouble = (isAnythingSent: boolean) => {
		const obstacle = options.obstacle();
		saving.foresee(obstacle);
		isSavingWaived = obstacle !== undefined && !isAnythingSent;
	};

	const emit = createEmit({
		saving: () => saving,
		show: event => store.dispatch(event),
		onUnsaved() {
			if (isSavingWaived || !turn) return;
			// Nothing may be done that is not on record, unless the person goes on knowing it.
			isSavingWaived = true;
			turn.controller.abort();
			notice(
				'The turn was stopped because it could not be saved. Send again to go on without saving.',
				'error',
			);
		},
	});

	const show = (event: Event, isTyped = false) => {
		if (isDurable(event)) throw new Error(`${event.type} must be saved`);
		store.dispatch(event, isTyped);
	};

	const notice: Actions['notice'] = (text, tone = 'info') => show({type: 'notice.shown', text, tone});

	const driving = createDriving({store, host, client: randomUUID(), show, notice});

	const terminalActions = createTerminalActions({store, host, driving, show, notice});

	const approving = createApproving({store, show});

	const asking = createAsking({
		show,
		openTerminal: id => {
			// Who is inside another one is not dragged away: the frame says that the model asks.
			if (!store.get().ui.inside) terminalActions.openTerminal(id);
		},
	});

	const hostNews = createHostNews({get: store.get, notice});

	const newId = (kind: string) => `${kind}-${Date.now().toString(36)}-${++serial}`;

	const whatIsKnown = () => {
		const {terminals, told, positions} = store.get();
		return {sessionId, terminals, told, positions, since: startedAt};
	};

	const currentNotices = (known?: KnownFacts) => {
		const {told, positions, ...rest} = whatIsKnown();
		return collectNotices({
			...rest,
			told: [...told, ...(known?.told ?? [])],
			positions: {...positions, ...known?.positions},
			readTail: async (id, lines) => {
				const page = await host.log(id, {lines: {last: lines}, maxChars: 2_000});
				return page.kind === 'log' ? page.lines.map(({text}) => text) : [];
			},
		});
	};

	/** A model that comes back knows nothing of what happened to its terminals meanwhile. */
	const terminalTable = async () => {
		const terminals = await host.list();
		const {told} = await currentNotices();
		if (terminals.length === 0) return {notices: [], told};
		return {notices: [`Terminals as of now:\n${describeTerminals(terminals, sessionId, Date.now())}`], told};
	};

	const startSession = async () => {
		if (hasSession) return;
		hasSession = true;
		const {session, model} = store.get();
		await emit({
			type: 'session.started',
			sessionId,
			workspace: session.workspace,
			model: model.kind === 'missing' ? '' : model.name,
			tandem: options.tandem,
			...(session.isTour && {isTour: true}),
			at: Date.now(),
		});
	};

	const performTurn = async (text: string, controller: AbortController) => {
		const state = store.get();
		const {signal} = controller;
		await startSession();
		const {notices, told} = hasTerminalTable ? await currentNotices() : await terminalTable();
		hasTerminalTable = true;
		await emit({type: 'message.sent', messageId: newId('message'), text, notices, told, at: Date.now()});
		const [model, instructions, env] = await Promise.all([
			options.model(),
			options.instructions(state.isTrusted === true),
			options.environment(),
		]);
		await runTurn({
			turnId: newId('turn'),
			model,
			instructions,
			tools: toolsFor({features: state.features, host}),
			messages: () => store.get().messages,
			emit,
			signal,
			takeQueued: () => takeAllQueued(),
			notices: currentNotices,
			approve: (subject, call) => approving.approve(subject, call, signal),
			context: {
				cwd: options.cwd,
				workspace: state.session.workspace,
				sessionId,
				patchFolder: options.patchFolder(),
				env,
				environmentFor: options.environment,
				position: id => store.get().positions[id],
				ask: asking.ask,
			},
			runningTerminals: () => runningTerminals(store.get()).map(({id, name}) => ({id, name})),
			onBug: error => diagnostics.error('A tool threw.', error),
		});
		if (turn) turn.hasRun = true;
		await saving.sync();
	};

	const startTurn = (text: string) => {
		const controller = new AbortController();
		const ended = performTurn(text, controller)
			.catch((error: unknown) => {
				diagnostics.error('A turn threw.', error);
				notice(`The turn ended with a fault of tandem's own: ${String(error)}`, 'error');
			})
			.finally(() => {
				turn = undefined;
				const [next] = store.get().queue;
				// What is left after an interrupt stays in the queue until the person takes it up.
				if (next && !controller.signal.aborted && !leaving.isLeaving()) {
					show({type: 'message.unqueued', messageId: next.messageId});
					startTurn(next.text);
				} else waking.look();
			});
		turn = {controller, ended};
	};

	const sendOrQueue = (text: string): void => {
		// An interrupted turn has ended for the person before its record is written.
		const isOver = turn?.controller.signal.aborted && !store.get().turn;
		if (leaving.isLeaving()) notice('tandem is leaving: nothing is sent any more.');
		else if (!turn) startTurn(text);
		else if (isOver) void turn.ended.then(() => sendOrQueue(text));
		else show({type: 'message.queued', messageId: newId('message'), text}, true);
	};

	const waking = createWaking({
		canWake() {
			const {features, model} = store.get();
			return features.wake_on_exit && model.kind === 'ready' && !turn && !leaving.isLeaving() && hasSession;
		},
		hasNews: () => hasUntoldEnd(whatIsKnown()),
		wake: () => startTurn(''),
		onLimit: turns =>
			notice(
				`A terminal has ended. ${turns} turns in a row were started by that: the model hears of it with your next message.`,
			),
	});

	const shellLines = createShellLines({
		store,
		host,
		emit,
		startSession,
		cwd: options.cwd,
		sessionId: () => sessionId,
		environment: () => options.environment(),
		size: options.size,
		newId: () => newId('shell'),
		onBug: error => diagnostics.error('A shell line threw.', error),
	});

	const takeAllQueued = () => {
		const {queue} = store.get();
		for (const {messageId} of queue) show({type: 'message.unqueued', messageId});
		return queue.map(({messageId, text}) => ({messageId, text}));
	};

	const runCommand = (line: string): boolean => {
		const parsed = parseLine(line);
		if (!parsed) return false;
		const command = findCommand(options.commands, parsed.name);
		const misfit = command && tooMany(command, parsed.args);
		if (!command) notice(noSuchCommand(options.commands, parsed.name), 'warning');
		else if (misfit) notice(misfit, 'warning');
		else if (turn && command.idleOnly) {
			// A turn has ended for the person before its log is safe from a power cut. Before it begins it shows nowhere.
			const isOver = turn.hasRun || turn.controller.signal.aborted;
			if (isOver && !store.get().turn) void turn.ended.then(() => runCommand(line));
			else notice(`/${command.name}: ${command.idleOnly}`, 'warning');
		} else command.run({state: store.get(), actions, commands: options.commands}, parsed.args);
		return true;
	};

	const copying = createCopying({host, copy: options.copy, notice});

	const leaving = createLeaving({
		store,
		show,
		notice,
		endTurn() {
			turn?.controller.abort();
			return turn?.ended;
		},
		stopTerminals: terminalActions.stopTerminals,
		settled: shellLines.settled,
		async close(troubles) {
			await saving.close();
			await host.close();
			options.onLeft({troubles, isOnDisk: saving.isOnDisk()});
		},
	});

	/** A crash in the middle of a patch: the files are whole again, and whose call it was hears of it. */
	const mendCutPatches = async () => {
		const {workspace} = store.get().session;
		const patchFolder = options.patchFolder();
		if (patchFolder === undefined) return;
		const {mended, troubles} = await mendPatches(patchFolder, {workspace, now: Date.now()});
		for (const trouble of troubles) notice(trouble, 'warning');
		for (const {call, outcome, news, forget} of mended) {
			if (news) notice(news, 'warning');
			if (call.sessionId !== sessionId) continue;
			const {callId} = call;
			const cut = store.get().entries.findLast(entry => entry.kind === 'call' && entry.callId === callId);
			if (cut?.kind === 'call' && cut.output === undefined) {
				const {name} = cut;
				await emit({
					type: 'call.finished',
					callId,
					name,
					output: outcome,
					isError: false,
					positions: {},
					told: [],
					at: Date.now(),
				});
			}
			await forget();
		}
	};

	/** What is shown of the session is in the state already: here it begins to live. */
	const takeUp = async (log: SessionLog) => {
		for (const {line, reason} of log.damage) {
			notice(`Line ${line} of this session's file can't be read: ${reason}.`, 'warning');
		}
		await mendCutPatches();
		// A session that was cut off inside a turn is told so, by its own log too.
		const torn = tornTurnEnd(store.get(), Date.now());
		if (torn) await emit(torn);
		shellLines.resume();
	};

	const resumeSession = async (id: string) => {
		if (id === sessionId) return notice('This is that session.');
		const fold = createFold();
		const opened = await options.openLog(id, fold.add);
		if (opened.kind === 'failed') return notice(opened.message, 'warning');
		if (turn || leaving.isLeaving() || opened.count === 0) {
			await opened.close();
			return notice(
				turn
					? 'A turn runs. Esc interrupts it; then /resume.'
					: `There is no session ${id}. /resume lists them.`,
				'warning',
			);
		}
		const left = saving;
		shellLines.forget();
		forgetAnswers();
		sessionId = id;
		saving = newSaving(opened);
		hasSession = true;
		hasTerminalTable = false;
		show({type: 'session.replaced', sessionId, conversation: fold.end()});
		await left.close();
		await takeUp(opened);
	};

	const actions: Actions = {
		submit(text) {
			if (text.trim() === '') return;
			options.remember(text);
			if (runCommand(text)) return;
			show({type: 'transcript.scrolled', rows: 0});
			const line = parseShellLine(text);
			if (line === '') return notice(shellHelp);
			if (line !== undefined) return shellLines.run(line);
			waking.heardUser();
			const inquiry = currentInquiry(store.get());
			if (inquiry) return asking.answer(inquiry.callId, {kind: 'answered', text});
			sendOrQueue(text);
		},
		takeQueued() {
			const last = store.get().queue.at(-1);
			if (last) show({type: 'message.unqueued', messageId: last.messageId}, true);
			return last?.text;
		},
		interrupt: () => turn?.controller.abort(),
		stopWaitedFor() {
			const last = store.get().entries.findLast(entry => entry.kind === 'turn-end');
			if (last?.waitedFor !== undefined) void terminalActions.stopTerminals([last.waitedFor]);
		},
		answerApproval: approving.answer,
		answerInquiry: asking.answer,
		async answerTrust(answer) {
			show({type: 'overlay.closed'}, true);
			afterTrust?.();
			afterTrust = undefined;
			if (answer === 'no') return show({type: 'folder.distrusted'}, true);
			const trouble = answer === 'always' ? await options.rememberTrust() : undefined;
			if (trouble) notice(`Trusted for this run only: ${trouble}`, 'warning');
			show({type: 'folder.trusted'}, true);
			await options.onTrusted();
		},
		cycleMode: () => actions.setMode(nextMode(store.get().mode)),
		setMode: mode => show({type: 'mode.changed', mode}, true),

		openModels() {
			actions.openOverlay('model');
			options.models.ask();
		},
		chooseModel: choice => void options.models.choose(choice),

		openOverlay: overlay => show({type: 'overlay.opened', overlay}, true),
		closeOverlay: () => show({type: 'overlay.closed'}, true),
		togglePanel() {
			const {panel, isPanelFocused} = store.get().ui;
			const isHiding = panel === 'open' && isPanelFocused;
			show({type: 'panel.changed', panel: isHiding ? 'collapsed' : 'open', isFocused: !isHiding}, true);
		},
		hidePanel: () => show({type: 'panel.changed', panel: 'hidden', isFocused: false}, true),
		focusComposer: () => show({type: 'panel.changed', panel: store.get().ui.panel, isFocused: false}, true),
		selectTerminal: terminalId => show({type: 'panel.selected', terminalId}, true),
		...terminalActions,
		stopTerminals: ids => void terminalActions.stopTerminals(ids),
		setPrefix: isOn => show({type: 'prefix.changed', isOn}, true),
		toggleFullScreen: () => show({type: 'view.changed', isFullScreen: !store.get().ui.isFullScreen}, true),
		scrollTranscript: rows => show({type: 'transcript.scrolled', rows}, true),
		openLog: (terminalId, query) => show({type: 'log.opened', terminalId, query}, true),
		copyAnswer() {
			const last = store.get().entries.findLast(entry => entry.kind === 'text');
			if (last?.kind !== 'text') return notice('There is no answer to copy yet.');
			copying.copyText(last.text, 'the last answer');
		},
		...copying,

		async editText(text) {
			const edited = await options.editText(text);
			if (edited.kind === 'edited') show({type: 'composer.replaced', text: edited.text});
			else notice(edited.message, 'warning');
		},
		suspend: () => void options.suspend(),

		async setFeatures(features) {
			show({type: 'features.changed', features}, true);
			const trouble = await options.saveFeatures(features);
			if (trouble) notice(`The features count for this run but are not stored: ${trouble}`, 'warning');
		},
		async newSession() {
			if (turn) return notice('A turn runs. Esc interrupts it; then /new.', 'warning');
			const left = saving;
			const running = runningTerminals(store.get()).length;
			sessionId = options.newSessionId();
			show({type: 'session.replaced', sessionId});
			shellLines.forget();
			forgetAnswers();
			saving = newSaving();
			hasSession = false;
			foreseeTrouble(false);
			if (running > 0) notice(`A new session. ${plural(running, 'running terminal')} kept.`);
			// Last: what is typed meanwhile belongs to the new one.
			await left.close();
		},
		openSessions() {
			if (store.get().ui.overlay === 'trust') {
				afterTrust = actions.openSessions;
				return;
			}
			actions.openOverlay('resume');
			void options
				.listSessions()
				.then(sessions => show({type: 'sessions.listed', sessions}))
				.catch((error: unknown) => diagnostics.error('The sessions could not be listed.', error));
		},
		resumeSession: id => void resumeSession(id),
		notice,

		quit: leaving.quit,
		pressQuit: leaving.pressQuit,
		leave: leaving.leave,

		watchTerminal: (id, listener) => host.watch(id, listener),
		searchLog: (id, grep, lines) => host.log(id, {grep, lines, maxChars: 200_000}),
		surroundings: () => options.surroundings(sessionId),
		readLog: (id, lines) => host.log(id, {lines, maxChars: 200_000}),
	};

	return {
		actions,
		emit,
		async start(prompt) {
			foreseeTrouble(prompt !== undefined);
			await (options.log ? takeUp(options.log) : mendCutPatches());
			host.subscribe(event => {
				show(event);
				hostNews.follow(event);
				shellLines.follow(event);
				waking.look();
				driving.follow(event);
				leaving.endQuestion();
			});
			if (prompt === undefined) return;
			options.remember(prompt);
			startTurn(prompt);
		},
	};
};
