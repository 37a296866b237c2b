// The whole window: shares out the rows and puts each pane into its place.
import {Box, useWindowSize} from 'ink';
import {useEffect, useState, useSyncExternalStore} from 'react';
import type {Actions} from '../src/actions.js';
import type {Command} from '../src/command.js';
import {emptyBuffer, type TextBuffer} from '../src/editor/buffer.js';
import type {Store} from '../src/store.js';
import {ApprovalPrompt, approvalSize} from './ApprovalPrompt.js';
import {createApprovalDraft} from './approval-draft.js';
import {bannerRows, bannerSize} from './banner-rows.js';
import {Completions} from './Completions.js';
import {Composer} from './Composer.js';
import {type Files, noFiles} from './completing.js';
import {composerSize} from './composer-view.js';
import {createComposing} from './composing.js';
import {Header} from './Header.js';
import {useGuide} from './hooks/use-guide.js';
import {useShown} from './hooks/use-screen.js';
import {type Tandem, TandemContext, useSlice, useTandem} from './hooks/use-tandem.js';
import {createInquiryDraft} from './inquiry-draft.js';
import {createKeyRouter, type InputEvent} from './key-router.js';
import {layout, splitWidth} from './layout.js';
import {Overlay} from './overlays/Overlay.js';
import {createQuestion} from './question.js';
import {StatusLine} from './StatusLine.js';
import {createScreens, type Screens} from './screens.js';
import {createSelecting} from './selecting.js';
import {TerminalPanel} from './TerminalPanel.js';
import {TerminalView} from './TerminalView.js';
import {Transcript} from './Transcript.js';
import {theme} from './theme.js';
import {Rows} from './ui/Rows.js';

export type AppProps = {
	store: Store;
	actions: Actions;
	commands: readonly Command[];
	/** Parsed keys, pastes and wheel; returns the undoing. */
	subscribeKeys(listener: (event: InputEvent) => void): () => void;
	/** What was sent in earlier sessions, oldest first; asked once. */
	sent?(): readonly string[];
	files?: Files;
	/** What was typed before the window was there. */
	typed?: TextBuffer;
	/** Marks a character as the place of the hardware cursor. */
	caret?: (character: string) => string;
	/** What is watched already. */
	screens?: Screens;
	/** Milliseconds since 1970. */
	now?: () => number;
};

export const App = ({
	store,
	actions,
	commands,
	subscribeKeys,
	sent = () => [],
	files = noFiles,
	typed = emptyBuffer,
	caret = theme.inverse,
	screens,
	now = Date.now,
}: AppProps) => {
	const [tandem] = useState((): Tandem => {
		const composing = createComposing({store, commands, sent, files, typed});
		const approvalDraft = createApprovalDraft();
		const inquiryDraft = createInquiryDraft();
		const question = createQuestion();
		const selecting = createSelecting({actions, store});
		const parts = {
			store,
			actions,
			composing,
			approvalDraft,
			inquiryDraft,
			question,
			selecting,
			screens: screens ?? createScreens(store, actions.watchTerminal),
			now,
		};
		return {
			...parts,
			commands,
			keys: createKeyRouter(parts),
			caret,
		};
	});
	useEffect(() => subscribeKeys(tandem.keys.handle), [subscribeKeys, tandem]);
	return (
		<TandemContext value={tandem}>
			<Window />
		</TandemContext>
	);
};

const Window = () => {
	const {columns, rows} = useWindowSize();
	const {composing, question} = useTandem();
	const isAsked = useSyncExternalStore(question.subscribe, () => question.get() !== undefined);
	const overlay = useSlice(state => state.ui.overlay);
	const panel = useSlice(state => state.ui.panel);
	const isPanelFocused = useSlice(state => state.ui.isPanelFocused);
	const openTerminal = useShown(useSlice(state => state.ui.openTerminal));
	const isFullScreen = useSlice(
		state => state.ui.isFullScreen && !state.ui.overlay && openTerminal !== undefined,
	);
	const isInside = useSlice(state => state.ui.inside !== undefined);
	const approvals = useSlice(state => state.approvals);
	const terminals = useSlice(state => state.terminals.length);
	const queue = useSlice(state => state.queue);
	const guide = useGuide();
	const banner = useSlice(state => state.banner);
	// Who is inside a terminal is not asked: keys go to the program. The terminal's frame says that one waits.
	const approval = isInside ? undefined : approvals[0];
	const composerRows = useSyncExternalStore(composing.subscribe, () =>
		composerSize(composing.get().buffer, {queue, guide}, columns, rows),
	);

	const place = layout({
		rows,
		columns,
		terminals,
		panel,
		isPanelFocused,
		isModal: overlay !== undefined || approval !== undefined,
		input: approval ? approvalSize(approval, columns, rows) : composerRows,
		banner: bannerSize(banner, columns),
	});
	if (isFullScreen && openTerminal !== undefined && !approval) {
		const asking = isAsked ? 1 : 0;
		return (
			<Box width={columns} height={rows} flexDirection="column">
				<TerminalView id={openTerminal} width={columns} height={rows - asking} left={0} top={0} />
				{isAsked && <StatusLine width={columns} />}
			</Box>
		);
	}
	const split = overlay || openTerminal === undefined ? 0 : splitWidth(columns);
	const main = {width: columns, height: place.main};
	return (
		<Box width={columns} height={rows} flexDirection="column" overflow="hidden">
			{place.header > 0 && <Header width={columns} />}
			{place.main > 0 && (
				<Box width={columns} height={place.main} flexShrink={0}>
					{overlay ? (
						<Overlay name={overlay} {...main} />
					) : openTerminal === undefined ? (
						<Transcript {...main} />
					) : split === 0 ? (
						<TerminalView id={openTerminal} {...main} left={0} top={place.header} />
					) : (
						<>
							<Transcript width={columns - split - 1} height={place.main} />
							<Rows rows={new Array<string>(place.main).fill(theme.dim('│'))} width={1} height={place.main} />
							<TerminalView
								id={openTerminal}
								width={split}
								height={place.main}
								left={columns - split}
								top={place.header}
							/>
						</>
					)}
				</Box>
			)}
			{place.panel > 0 && <TerminalPanel width={columns} height={place.panel} />}
			{place.banner > 0 && (
				<Rows rows={bannerRows(banner ?? '', columns, place.banner)} width={columns} height={place.banner} />
			)}
			{approval ? (
				<ApprovalPrompt
					key={approval.callId}
					approval={approval}
					waiting={approvals.length - 1}
					width={columns}
					height={place.input}
				/>
			) : (
				<Composer width={columns} height={place.input} />
			)}
			{place.status > 0 && <StatusLine width={columns} />}
			{!approval && !overlay && (
				<Completions
					width={columns}
					bottom={place.status + place.input + place.banner + place.panel}
					room={place.main}
				/>
			)}
		</Box>
	);
};
