// `tandem ps`: the terminals of a folder's workspace, or of all, as a table or as JSON lines.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {hasCode, reasonOf} from '../disk-errors.js';
import type {TerminalInfo} from '../host/protocol.js';
import {resolveWorkspacePaths} from '../paths.js';
import {formatDuration} from '../text/duration.js';
import {sanitise, sanitiseLine} from '../text/sanitise.js';
import {truncate} from '../text/truncate.js';
import {width} from '../text/width.js';
import {
	exitCodes,
	fail,
	findPlace,
	type Place,
	type RunVerb,
	reachTerminals,
	type VerbRequest,
} from './verb.js';

export const runPs: RunVerb = async request => {
	const {flags} = request.arguments;
	const place = findPlace(request);
	if (!place) return exitCodes.failed;
	const places = flags.has('--all') ? allPlaces(place) : [place];
	if ('unreadable' in places) return fail(request, places.unreadable);
	const terminals: TerminalInfo[] = [];
	let exitCode: number = exitCodes.done;
	for (const each of places) {
		const reached = await reachTerminals(request, each, 'ps');
		if (reached.kind === 'refused') {
			exitCode = fail(request, reached.message);
			continue;
		}
		terminals.push(...reached.terminals);
		if (reached.kind !== 'host') continue;
		if (reached.limits !== undefined) request.complain(sanitise(reached.limits));
		await reached.host.close();
	}
	const rows = flags.has('--json')
		? terminals.map(terminal => JSON.stringify(terminal))
		: psTable(terminals, request, flags.has('--all'));
	// Of a folder whose host cannot be asked nobody knows that it has none.
	const isUnknown = terminals.length === 0 && exitCode !== exitCodes.done;
	if (rows.length > 0 && !isUnknown) await request.print(`${rows.join('\n')}\n`);
	return exitCode;
};

/** Every workspace that has ever had a host, this one too. */
const allPlaces = (place: Place): Place[] | {unreadable: string} => {
	const folder = join(place.stateFolder, 'workspaces');
	let names: string[];
	try {
		names = readdirSync(folder);
	} catch (error) {
		// Nothing was ever kept there.
		if (hasCode(error, 'ENOENT')) return [];
		return {unreadable: `The terminals cannot be listed: ${reasonOf(error)}. Look at ${folder}.`};
	}
	const keys = names.filter(name => /^[0-9a-f]{16}$/.test(name));
	return keys.flatMap(key => {
		const paths = resolveWorkspacePaths({stateFolder: place.stateFolder, key, uid: place.uid});
		return paths.kind === 'failed' ? [] : [{...place, key, paths}];
	});
};

const header = ['ID', 'NAME', 'STATE', 'AGE', 'COMMAND'];
const gap = '  ';

const psTable = (terminals: readonly TerminalInfo[], request: VerbRequest, hasFolders: boolean): string[] => {
	if (terminals.length === 0) {
		return [`No terminals${hasFolders ? '' : ' in this folder'}. Start one with: tandem run -- COMMAND`];
	}
	const rows = terminals.map(terminal => [
		String(terminal.id),
		sanitiseLine(terminal.name),
		stateOf(terminal),
		formatDuration(
			request.now() - (terminal.state.kind === 'ended' ? terminal.state.at : terminal.startedAt),
		),
		...(hasFolders ? [sanitiseLine(terminal.cwd)] : []),
		sanitiseLine(terminal.cmd.replaceAll(/\s+/g, ' ')),
	]);
	const head = hasFolders ? [...header.slice(0, -1), 'FOLDER', 'COMMAND'] : header;
	const all = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...all.map(row => width(row[column] ?? ''))));
	const line = (cells: readonly string[]) => {
		const padded = cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)));
		const text = padded.join(gap).trimEnd();
		return request.columns === undefined ? text : truncate(text, request.columns);
	};
	return all.map(line);
};

/** "http://localhost:5173", "waits for input", "exit 1". */
const stateOf = ({state, ports, isWaitingForInput}: TerminalInfo): string => {
	switch (state.kind) {
		case 'running':
			if (ports[0]) return ports.map(({url}) => sanitiseLine(url)).join(' ');
			if (isWaitingForInput) return 'waits for input';
			return state.shellExit ? 'in background' : 'running';
		case 'ended':
			return 'code' in state.exit ? `exit ${state.exit.code}` : state.exit.signal;
		case 'lost':
			return 'lost';
		case 'unknown':
			return 'unknown';
	}
};
