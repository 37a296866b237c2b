// What the keys of a selected terminal do, in the panel, in `/ps` and in its log alike.
import type {TerminalInfo} from '../src/host/protocol.js';
import type {Tandem} from './hooks/use-tandem.js';
import {clean} from './lines.js';

export type TerminalAct = 'stop' | 'restart' | 'rename' | 'search' | 'copy' | 'forget';

type Act = (terminal: TerminalInfo, parts: Pick<Tandem, 'actions' | 'question'>) => void;

export const terminalActs: Record<TerminalAct, Act> = {
	stop: ({id}, {actions}) => actions.stopTerminals([id]),
	restart: ({id}, {actions}) => actions.restartTerminal(id),
	rename: ({id, name}, {actions, question}) =>
		question.ask({
			label: `rename ${clean(name)} to`,
			text: '',
			onAnswer: text => text !== '' && actions.renameTerminal(id, text),
		}),
	search: ({id, name}, {actions, question}) =>
		question.ask({
			label: `search the log of ${clean(name)}`,
			text: '',
			onAnswer: text => actions.openLog(id, text),
		}),
	forget: ({id}, {actions}) => actions.forgetTerminal(id),
	copy: ({id}, {actions}) => actions.copyOutput(id),
};
