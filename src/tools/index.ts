// The table of tools: what the model has with the features as they are.
import type {Tool} from '../agent/tool.js';
import type {FeatureKey} from '../features.js';
import type {Host} from '../host/host.js';
import {applyPatch} from './apply-patch.js';
import {askUser} from './ask-user.js';
import {execCommand} from './exec-command.js';
import {listTerminals} from './list-terminals.js';
import {readFile} from './read-file.js';
import {readTerminal} from './read-terminal.js';
import {restartTerminal} from './restart-terminal.js';
import {shell} from './shell.js';
import {stopTerminal} from './stop-terminal.js';
import {updatePlan} from './update-plan.js';
import {viewImage} from './view-image.js';
import {waitTerminal} from './wait-terminal.js';
import {writeStdin} from './write-stdin.js';

export const toolsFor = ({host, features}: {host: Host; features: Record<FeatureKey, boolean>}): Tool[] => {
	const patch = applyPatch();
	const commands: Tool[] = features.background_terminal
		? [
				execCommand(host, patch),
				writeStdin(host),
				readTerminal(host),
				waitTerminal(host),
				listTerminals(host),
				stopTerminal(host),
				restartTerminal(host),
			]
		: [shell(host, patch)];
	return [...commands, patch, readFile(), viewImage(), updatePlan(), askUser(host)];
};
