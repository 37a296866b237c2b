// The overlay that is open.
import type {Overlay as Name} from '../../src/events.js';
import {ApprovalsOverlay} from './ApprovalsOverlay.js';
import {ExperimentalOverlay} from './ExperimentalOverlay.js';
import {HelpOverlay} from './HelpOverlay.js';
import {KeepOverlay} from './KeepOverlay.js';
import {LogsOverlay} from './LogsOverlay.js';
import {ModelOverlay} from './ModelOverlay.js';
import type {Place} from './OverlayFrame.js';
import {PsOverlay} from './PsOverlay.js';
import {QuitOverlay} from './QuitOverlay.js';
import {ResumeOverlay} from './ResumeOverlay.js';
import {StatusOverlay} from './StatusOverlay.js';
import {SwitchOverlay} from './SwitchOverlay.js';
import {TrustOverlay} from './TrustOverlay.js';

const overlays: Record<Name, (place: Place) => React.ReactNode> = {
	ps: PsOverlay,
	experimental: ExperimentalOverlay,
	switch: SwitchOverlay,
	model: ModelOverlay,
	help: HelpOverlay,
	quit: QuitOverlay,
	keep: KeepOverlay,
	trust: TrustOverlay,
	status: StatusOverlay,
	logs: LogsOverlay,
	approvals: ApprovalsOverlay,
	resume: ResumeOverlay,
};

export const Overlay = ({name, width, height}: {name: Name} & Place) => {
	const Content = overlays[name];
	return <Content width={width} height={height} />;
};
