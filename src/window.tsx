// The window: puts settings, session, host, app and screen together, and gives the terminal back at the end.
import {render} from 'ink';
import {commands} from '../commands/index.js';
import {App} from '../components/App.js';
import {createApp} from './app.js';
import {copyByProgram} from './clipboard.js';
import {createDiagnostics} from './diagnostics.js';
import {tornTurnEnd} from './entries.js';
import type {DurableEvent} from './events.js';
import {createHostClient} from './host/client.js';
import {hostArgs} from './host/main.js';
import {createModelChoosing} from './model-choice.js';
import {type Opening, type OpeningRequest, openingEvents} from './opening.js';
import {prepareWorkspaceFolders, resolveWorkspacePaths} from './paths.js';
import {createSessionId, listSessions, type SessionSummary, sessionFile} from './session/list.js';
import {openSessionLog, type SessionLog} from './session/log.js';
import {createSettings} from './settings.js';
import type {Splash} from './splash.js';
import {initialState, type State} from './state.js';
import {createStore} from './store.js';
import {sanitise} from './text/sanitise.js';
import {trust} from './trust.js';
import {withCaret} from './tty/cells.js';

export type WindowRequest = OpeningRequest & {
	uid: number;
	/** Version of the program. */
	tandem: string;
	/** Real path of the program's entry, to start the host with. */
	entry: string;
	prompt?: string | undefined;
	/** A session's id, the newest one, or the person must be asked which. */
	resume?: {id: string} | 'last' | 'ask' | undefined;
};

/** Runs until the person leaves. Resolves with the exit code and, if it could not run, the reason for people. */
export const runWindow = async (
	request: WindowRequest,
	opening: Opening,
	splash: Splash,
): Promise<{exitCode: number; message?: string}> => {
	const {cwd, tandem, env, uid} = request;
	const {paths, workspace} = opening;
	const {output, input} = splash;
	const failed = (message: string) => ({exitCode: 1, message});
	const workspacePaths = resolveWorkspacePaths({stateFolder: paths.stateFolder, key: workspace.key, uid});
	if (workspacePaths.kind === 'failed') return failed(workspacePaths.message);
	const unwritable = prepareWorkspaceFolders(workspacePaths, uid);
	if (unwritable) return failed(unwritable.message);
	const sessions = `${workspacePaths.stateFolder}/sessions`;
	const resumed = await resumeSession(request.resume, sessions);
	if (resumed.kind === 'failed') return failed(resumed.message);

	const settings = createSettings(
		{
			...request,
			configFile: paths.configFile,
			workspace: workspace.folder,
			isTrusted: opening.isTrusted,
		},
		opening.configuration,
	);
	const diagnostics = createDiagnostics(`${workspacePaths.stateFolder}/window.jsonl`, {
		secrets: settings.secrets,
	});
	const newSessionId = () => createSessionId(Date.now(), Math.random);
	const store = createStore(initialState(workspace.folder, resumed.id ?? newSessionId()));
	for (const event of resumed.events) store.dispatch(event);
	for (const event of openingEvents(opening)) store.dispatch(event);

	const host = createHostClient({
		paths: workspacePaths,
		uid,
		tandem,
		client: 'window',
		spawn: {
			execPath: process.execPath,
			entry: request.entry,
			args: hostArgs(paths.stateFolder, workspace.key),
			env,
		},
	});
	const models = createModelChoosing({
		settings,
		async save(choice) {
			const {saveModel} = await import('./config/save.js');
			const result = await saveModel(paths.configFile, choice);
			return result.kind === 'failed' ? result.message : undefined;
		},
		show: sources => store.dispatch({type: 'models.changed', sources}),
		notice: (text, tone) => app.actions.notice(text, tone),
		onChosen: () => void tellModel(),
	});
	const left = Promise.withResolvers<{exitCode: number; message?: string}>();
	const app = createApp({
		store,
		host,
		cwd,
		tandem,
		commands,
		model: () => settings.model(),
		models,
		environment: asked => settings.environment(asked),
		surroundings: id => ({
			version: tandem,
			cwd,
			configFile: paths.configFile,
			stateFolder: workspacePaths.stateFolder,
			sessionFile: sessionFile(sessions, id) ?? sessions,
			withheld: settings.withheld(),
		}),
		copy: text => copyText(text, output.copy(text)),
		size: () => ({columns: output.frames.columns, rows: output.frames.rows}),
		instructions: isFolderTrusted => settings.instructions(isFolderTrusted, store.get().features),
		openLog: id => openSessionLog(sessionFile(sessions, id) ?? sessions),
		...(resumed.log && {log: resumed.log}),
		newSessionId,
		async saveFeatures(features) {
			const {saveFeatures} = await import('./config/save.js');
			const result = await saveFeatures(paths.configFile, features);
			return result.kind === 'failed' ? result.message : undefined;
		},
		rememberTrust: async () => (await trust(paths.stateFolder, workspace.folder))?.message,
		async onTrusted() {
			settings.trustProject();
			await tellModel();
		},
		onLeft: () => left.resolve({exitCode: 0}),
		diagnostics,
	});

	/** Shows which model answers, once the server has said it if nobody else did. */
	const tellModel = async () => {
		store.dispatch({type: 'model.changed', model: settings.modelStatus()});
		if (settings.modelStatus().kind !== 'ready') return;
		const {name} = await settings.model();
		if (name !== '') store.dispatch({type: 'model.changed', model: settings.modelStatus(name)});
	};

	const fall = (error: unknown) => {
		diagnostics.error('The window fell.', error);
		output.restoreNow();
		const what = sanitise(error instanceof Error ? error.message : String(error));
		left.resolve({
			exitCode: 1,
			message: `tandem stopped: ${what}\nDetails: ${workspacePaths.stateFolder}/window.jsonl`,
		});
	};
	process.on('uncaughtException', fall);
	process.on('unhandledRejection', fall);
	splash.handOver({
		onGone: () => app.actions.leave('keep'),
		onSignal(exitCode) {
			left.resolve({exitCode});
			app.actions.leave('keep');
		},
	});

	for (const warning of settings.warnings()) app.actions.notice(warning, 'warning');
	for (const {line, reason} of resumed.log?.damage ?? []) {
		app.actions.notice(`Line ${line} of this session's file can't be read: ${reason}.`, 'warning');
	}
	const screen = render(
		<App
			store={store}
			actions={app.actions}
			commands={commands}
			subscribeKeys={splash.subscribe}
			typed={splash.takeText()}
			caret={withCaret}
			sent={resumed.events.flatMap(event => (event.type === 'message.sent' ? [event.text] : []))}
		/>,
		{
			stdout: output.frames as unknown as NodeJS.WriteStream,
			stdin: input.stream as unknown as NodeJS.ReadStream,
			// Whole frames, at once: tty/output.ts finds the difference, the store keeps the pace.
			debug: true,
			patchConsole: false,
			exitOnCtrlC: false,
			interactive: true,
		},
	);
	screen.waitUntilExit().catch(fall);
	await closeTornTurn(store.get(), app.emit);
	void tellModel();
	// The first frame is out. Nobody is asked while there is a model.
	if (settings.modelStatus().kind !== 'ready') void models.findServers();
	void settings.environment();
	app.start(request.prompt);
	void host.connect();

	const end = await left.promise;
	screen.unmount();
	input.stop();
	await output.stop(end.exitCode === 0 ? farewell(store.get()) : '');
	return end;
};

/** Both ways, since nobody says whether a terminal took it. */
const copyText = async (text: string, isSent: boolean): Promise<string> => {
	const program = await copyByProgram(sanitise(text), process.env, process.platform);
	if (program) return `, by ${program}.`;
	return isSent
		? ' (if your terminal takes OSC 52).'
		: ': no. It is too long for the terminal, and no clipboard program is there.';
};

type Resumed =
	| {kind: 'session'; id: string | undefined; log?: SessionLog; events: readonly DurableEvent[]}
	| {kind: 'failed'; message: string};

const resumeSession = async (resume: WindowRequest['resume'], folder: string): Promise<Resumed> => {
	if (resume === undefined) return {kind: 'session', id: undefined, events: []};
	const known = await listSessions(folder);
	const found = resume === 'last' ? known[0] : known.find(({id}) => resume !== 'ask' && id === resume.id);
	if (!found) return {kind: 'failed', message: whichSession(resume, known)};
	const log = await openSessionLog(found.file);
	if (log.kind === 'failed') return {kind: 'failed', message: log.message};
	return {kind: 'session', id: found.id, log, events: log.events};
};

// More would push the first of them off the screen.
const mostListed = 20;

const whichSession = (resume: {id: string} | 'last' | 'ask', known: readonly SessionSummary[]): string => {
	if (known.length === 0) return 'There is no session of this folder yet. Start one with: tandem';
	const unknown =
		typeof resume === 'object' ? [`There is no session ${sanitise(resume.id)} of this folder.`] : [];
	const rows = known
		.slice(0, mostListed)
		.map(({id, firstWords}) => `  ${id}  ${sanitise(firstWords).slice(0, 60)}`);
	const how =
		'Sessions of this folder, newest first. Go on with one: tandem resume ID, or tandem resume --last';
	return [...unknown, how, ...rows].join('\n');
};

/** A session that was cut off inside a turn is told so, by its own log too. */
const closeTornTurn = async (state: State, emit: ReturnType<typeof createApp>['emit']) => {
	const end = tornTurnEnd(state, Date.now());
	if (end) await emit(end);
};

/** What stays on the normal screen: the last answer and how to come back. */
const farewell = (state: State): string => {
	const last = state.entries.findLast(entry => entry.kind === 'text');
	const answer = last ? `${sanitise(last.text).trimEnd()}\n\n` : '';
	const hasBegun = state.entries.some(({kind}) => kind === 'user' || kind === 'shell');
	const resume = hasBegun ? `Resume with: tandem resume ${state.session.id}\n` : '';
	const running = state.terminals.filter(({state: {kind}}) => kind === 'running').map(({name}) => name);
	const kept =
		running.length > 0 ? `Still running: ${running.map(sanitise).join(', ')}. See them with: tandem\n` : '';
	return `${answer}${kept}${resume}`;
};
