// `tandem attach`: one terminal on the whole screen, the person inside. The same painting, keys and way back as in
// the window, without a conversation.
import {randomUUID} from 'node:crypto';
import {render} from 'ink';
import {App} from '../components/App.js';
import {createScreens, type Screens} from '../components/screens.js';
import type {Actions} from './actions.js';
import {findNamed, labelOf, unknownName} from './cli/verb.js';
import {copyBothWays} from './clipboard.js';
import {createCopying} from './copying.js';
import {createDriving} from './driving.js';
import type {Event} from './events.js';
import {createHostClient} from './host/client.js';
import type {TerminalInfo} from './host/protocol.js';
import {resolvePaths, resolveWorkspacePaths} from './paths.js';
import {initialState, neighbourTerminal, terminalInRow} from './state.js';
import {createStore, type Store} from './store.js';
import {sanitise} from './text/sanitise.js';
import {withCaret} from './tty/cells.js';
import {createInput} from './tty/input.js';
import {onOrphaned} from './tty/orphaned.js';
import {createOutput} from './tty/output.js';
import {findWorkspace} from './workspace.js';

export type AttachRequest = {
	/** Existing folder, absolute. */
	cwd: string;
	/** Name or id. */
	which: string;
	env: Readonly<Record<string, string | undefined>>;
	uid: number;
	/** Version of the program. */
	tandem: string;
};

/** Resolves when the person has detached: the exit code and what stays on the normal screen. */
export const attach = async (request: AttachRequest): Promise<{exitCode: number; message: string}> => {
	const failed = (message: string) => ({exitCode: 1, message: sanitise(message)});
	const {cwd, env, uid, tandem, which} = request;
	const paths = resolvePaths({env, platform: process.platform});
	if (paths.kind === 'failed') return failed(paths.message);
	const {folder, key} = findWorkspace(cwd);
	const workspacePaths = resolveWorkspacePaths({stateFolder: paths.stateFolder, key, uid});
	if (workspacePaths.kind === 'failed') return failed(workspacePaths.message);
	const host = createHostClient({paths: workspacePaths, uid, tandem, client: 'attach'});
	const connected = await host.connect();
	if (connected.kind === 'refused') {
		await host.close();
		return failed(connected.code === 'host-lost' ? 'Nothing runs in this folder.' : connected.message);
	}
	if (connected.limits !== undefined) {
		await host.close();
		return failed(connected.limits);
	}
	const found = findNamed(connected.terminals, which);
	if (found?.state.kind !== 'running' || !found.tty) {
		await host.close();
		return failed(found ? cannotEnter(found) : unknownName(which, connected.terminals));
	}

	const store = createStore(initialState(folder, ''));
	const show = (event: Event) => store.dispatch(event, true);
	const left = Promise.withResolvers<number>();
	const notice = (text: string) => show({type: 'notice.shown', text, tone: 'warning'});
	const driving = createDriving({
		store,
		host,
		client: randomUUID(),
		show,
		notice,
	});
	const goTo = (terminal: TerminalInfo | undefined) => {
		if (terminal?.state.kind === 'running' && terminal.tty) driving.takeOver(terminal.id);
	};
	const actions = withoutTheRest({
		...driving,
		...createCopying({host, copy: text => copyBothWays(text, output.copy(text)), notice}),
		giveBack() {
			driving.giveBack();
			show({type: 'view.changed', isFullScreen: true});
		},
		leaveTerminal() {
			driving.giveBack();
			left.resolve(0);
		},
		closeTerminal: () => left.resolve(0),
		setPrefix: isOn => show({type: 'prefix.changed', isOn}),
		openRow: row => goTo(terminalInRow(store.get(), row)),
		openNeighbour: step => goTo(neighbourTerminal(store.get(), step)),
		watchTerminal: (id, listener) => host.watch(id, listener),
		readLog: (id, lines) => host.log(id, {lines, maxChars: 200_000}),
		searchLog: (id, grep, lines) => host.log(id, {grep, lines, maxChars: 200_000}),
	});

	const screens = createScreens(store, host.watch);
	const end = (exitCode: number) => left.resolve(exitCode);
	const output = createOutput({stdout: process.stdout, env, mouse: true, onGone: () => end(129)});
	const input = createInput({
		stdin: process.stdin,
		onKittyKeyboard: output.useKittyKeyboard,
		onEnd: () => end(129),
	});
	process.on('exit', output.restoreNow);
	process.on('SIGTERM', () => end(143));
	process.on('SIGHUP', () => end(129));
	process.on('SIGINT', () => end(130));
	onOrphaned(() => end(129));

	store.subscribe(() => output.reportDrag(store.get().ui.openTerminal !== undefined));
	show({type: 'host.connected', terminals: connected.terminals});
	host.subscribe(event => {
		show(event);
		driving.follow(event);
	});
	const {columns, rows} = output.size();
	driving.placeView({cols: columns, rows: rows - 1, left: 0, top: 1});
	driving.takeOver(found.id);
	show({type: 'view.changed', isFullScreen: true});
	await firstScreen(store, screens, found.id);
	output.start();
	input.start();
	const screen = render(
		<App
			store={store}
			actions={actions}
			commands={[]}
			subscribeKeys={input.subscribe}
			caret={withCaret}
			screens={screens}
		/>,
		{
			stdout: output.frames as unknown as NodeJS.WriteStream,
			stdin: input.stream as unknown as NodeJS.ReadStream,
			debug: true,
			patchConsole: false,
			exitOnCtrlC: false,
			interactive: true,
		},
	);
	screen.waitUntilExit().catch(left.reject);
	try {
		const exitCode = await left.promise;
		const last = store.get().terminals.find(({id}) => id === store.get().ui.selectedTerminal);
		return {exitCode, message: last ? farewell(last) : ''};
	} finally {
		screen.unmount();
		input.stop();
		await output.stop();
		await host.close();
	}
};

/** Nothing is painted before it is there. */
const firstScreen = (store: Store, screens: Screens, id: number): Promise<void> => {
	// It stays watched: the window takes over from here.
	screens.watch(id);
	return new Promise(resolve => {
		const stop = store.subscribe(() => {
			if (!screens.isReady(id)) return;
			stop();
			resolve();
		});
	});
};

const cannotEnter = (terminal: TerminalInfo): string =>
	terminal.state.kind === 'running'
		? `Terminal ${labelOf(terminal)} is a pipe: nobody can type into it. See it with: tandem logs -f ${terminal.id}`
		: `Terminal ${labelOf(terminal)} does not run. See what it printed with: tandem logs ${terminal.id}`;

const farewell = (terminal: TerminalInfo): string =>
	terminal.state.kind === 'running'
		? `Detached from ${labelOf(terminal)}; it runs on.`
		: `Terminal ${labelOf(terminal)} has ended.`;

/** What a window with one terminal and no conversation can't cause does nothing. */
const withoutTheRest = (some: Partial<Actions>): Actions =>
	// Every other action returns nothing, or nothing that is looked at while somebody is inside.
	new Proxy(some, {get: (target, name) => Reflect.get(target, name) ?? (() => {})}) as Actions;
