// The table of slash commands, in the order of the popup.
import type {Command} from '../src/command.js';
import {approvals} from './approvals.js';
import {attach} from './attach.js';
import {copy} from './copy.js';
import {experimental} from './experimental.js';
import {help} from './help.js';
import {logs} from './logs.js';
import {model} from './model.js';
import {newSession} from './new.js';
import {ps} from './ps.js';
import {quit} from './quit.js';
import {restart} from './restart.js';
import {resume} from './resume.js';
import {status} from './status.js';
import {stop} from './stop.js';
import {switchTerminal} from './switch.js';

export const commands: readonly Command[] = [
	ps,
	attach,
	switchTerminal,
	stop,
	restart,
	logs,
	copy,
	experimental,
	model,
	approvals,
	newSession,
	resume,
	status,
	help,
	quit,
];
