// The table of call renderers, by the tool's name.
import type {CallEntry} from '../../src/state.js';
import {askUser} from './ask-user.js';
import {argumentsOf, type CallRenderer, type CallView} from './call.js';
import {fallback} from './fallback.js';
import {applyPatch, listFiles, readFile, searchFiles, viewImage} from './files.js';
import {updatePlan} from './plan.js';
import {
	execCommand,
	listTerminals,
	readTerminal,
	restartTerminal,
	shell,
	stopTerminal,
	waitTerminal,
	writeStdin,
} from './terminals.js';

const renderers: Record<string, CallRenderer> = {
	exec_command: execCommand,
	write_stdin: writeStdin,
	read_terminal: readTerminal,
	wait_terminal: waitTerminal,
	list_terminals: listTerminals,
	stop_terminal: stopTerminal,
	restart_terminal: restartTerminal,
	shell,
	apply_patch: applyPatch,
	read_file: readFile,
	search_files: searchFiles,
	list_files: listFiles,
	view_image: viewImage,
	update_plan: updatePlan,
	ask_user: askUser,
};

export const callView = (call: CallEntry): CallView =>
	(Object.hasOwn(renderers, call.name) ? (renderers[call.name] ?? fallback) : fallback)(
		call,
		argumentsOf(call),
	);
