// Who may type into one terminal, and at whose size it runs meanwhile. Knows neither keys nor processes.
import type {DriveRequest, Refusal, TerminalInput} from './host.js';
import type {TerminalInfo} from './protocol.js';

export type Driver = {
	info(): Pick<TerminalInfo, 'driver' | 'driverClient' | 'userVisits'>;
	/** Takes the terminal over or gives it back. The size that the terminal should have now; undefined: as it is. */
	change(request: DriveRequest): {cols: number; rows: number} | undefined;
	/** The refusal of somebody who may not type now. */
	refuse(by: TerminalInput['by']): Refusal | undefined;
	recordInput(by: TerminalInput['by']): void;
	/** The terminal has ended: there is nothing to drive. */
	end(): void;
};

/** `label`: the terminal's id and name, for the model. `modelSize`: what the model works with. */
export const createDriver = (label: () => string, modelSize: () => {cols: number; rows: number}): Driver => {
	let client: string | undefined;
	let visits = 0;
	let hasTyped = false;

	return {
		info: () => ({
			driver: client === undefined ? 'model' : 'user',
			...(client !== undefined && {driverClient: client}),
			...(visits > 0 && {userVisits: visits}),
		}),
		change(request) {
			if (request.driver === 'user') {
				if (client !== request.client) hasTyped = false;
				client = request.client;
				return {cols: request.cols, rows: request.rows};
			}
			if (client !== request.client) return;
			client = undefined;
			return modelSize();
		},
		refuse: by => (by === 'model' && client !== undefined ? refuseModel(label()) : undefined),
		recordInput(by) {
			if (by === 'model') return;
			if (client === undefined || !hasTyped) visits++;
			hasTyped = client !== undefined;
		},
		end() {
			client = undefined;
		},
	};
};

const refuseModel = (label: string): Refusal => ({
	kind: 'refused',
	code: 'user-drives',
	message: `The user is using this terminal: ${label}. Nothing was typed. Go on with something else; wait until it is given back, or ask the user.`,
});
