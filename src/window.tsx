// The window: puts a session, the screen and the keys together, and gives the terminal back at the end.
import {render} from 'ink';
import {commands} from '../commands/index.js';
import {App} from '../components/App.js';
import {farewell} from '../components/farewell.js';
import {glimpse} from '../components/glimpse.js';
import {copyBothWays} from './clipboard.js';
import {openSession, type SessionRequest} from './open-session.js';
import type {Opening} from './opening.js';
import type {Splash} from './splash.js';
import {sanitise} from './text/sanitise.js';
import {withCaret} from './tty/cells.js';
import {suspendProcess, watchContinuation} from './tty/suspend.js';
import {watchUnseenEnds} from './unseen-ends.js';

type End = {exitCode: number; message?: string; troubles?: readonly string[]; isOnDisk?: boolean};

// A file system or a turn that hangs holds up nobody who said that the window must go.
const leaveDeadlineMs = 1_000;

const interruptedStatus = 130;

/** Runs until the person leaves. Resolves with the exit code and, if it could not run, the reason for people. */
export const runWindow = async (
	request: SessionRequest,
	opening: Opening,
	splash: Splash,
): Promise<{exitCode: number; message?: string}> => {
	const {output, input} = splash;
	const left = Promise.withResolvers<End>();
	/** Another program has the terminal, and its Ctrl+C reaches both. */
	let isLent = false;
	/** Why it ends, if the person did not leave. */
	let cause: Pick<End, 'exitCode' | 'message'> | undefined;
	const opened = await openSession(request, opening, {
		commands,
		onGlance: end => splash.showGlimpse(glimpse(end)),
		copy: text => copyBothWays(text, output.copy(text)),
		async lendTerminal(act) {
			isLent = true;
			input.suspend();
			await output.suspend();
			return act().finally(() => {
				isLent = false;
				input.resume();
				output.resume();
			});
		},
		suspend: () => suspendProcess(splash),
		size: () => ({columns: output.frames.columns, rows: output.frames.rows}),
		onLeft: end => left.resolve({exitCode: 0, ...end, ...cause}),
	});
	if (opened.kind === 'failed') return {exitCode: 1, message: opened.message};
	const {store, app, diagnostics, diagnosticsFile} = opened;

	/** The conversation is put in order first, if that can be done soon. */
	const leaveBecause = (of: Pick<End, 'exitCode' | 'message'>) => {
		cause ??= of;
		setTimeout(left.resolve, leaveDeadlineMs, cause);
		app.actions.leave('keep');
	};
	const fall = (error: unknown) => {
		diagnostics.error('The window fell.', error);
		output.restoreNow();
		const what = sanitise(error instanceof Error ? error.message : String(error));
		leaveBecause({
			exitCode: 1,
			message: `tandem stopped: ${what}. Its terminals go on. Details: ${diagnosticsFile}`,
		});
	};
	process.on('uncaughtException', fall);
	process.on('unhandledRejection', fall);
	splash.handOver({
		onGone: () => leaveBecause({exitCode: 129}),
		onSignal(exitCode) {
			if (!isLent || exitCode !== interruptedStatus) leaveBecause({exitCode});
		},
	});
	watchContinuation(splash);

	opened.warn();
	const {notify} = opening.configuration.config;
	if (notify !== 'off') watchUnseenEnds(store, text => output.notify(notify, text));
	store.subscribe(() => output.reportDrag(store.get().ui.openTerminal !== undefined));
	const screen = render(
		<App
			store={store}
			actions={app.actions}
			commands={commands}
			subscribeKeys={splash.subscribe}
			typed={splash.takeText()}
			caret={withCaret}
			sent={opened.sent}
			files={opened.files}
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
	await opened.begin().catch(fall);

	const end = await left.promise;
	screen.unmount();
	input.stop();
	const {troubles = [], isOnDisk = true} = end;
	const words = farewell(store.get(), {columns: output.size().columns, troubles, isOnDisk});
	await output.stop(end.exitCode === 0 ? words : '');
	return end;
};
