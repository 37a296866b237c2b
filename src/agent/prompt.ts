// The instructions that open the model's context: tandem's own prose, where it is, and what a trusted project says.
import {constants} from 'node:fs';
import {open, realpath} from 'node:fs/promises';
import {join, relative, sep} from 'node:path';
import system from '../../assets/prompts/system.md';

export type PromptInput = {
	workspace: string;
	cwd: string;
	/** "linux", "darwin". */
	platform: string;
	/** Path of the user's shell. */
	shell: string;
	/** "2026-11-23". */
	date: string;
	hasBackgroundTerminals: boolean;
	/** Texts of AGENTS.md, outermost first; none for a folder that is not trusted. */
	projectInstructions: readonly ProjectInstructions[];
};

export type ProjectInstructions = {path: string; text: string};

export const buildInstructions = (input: PromptInput): string => {
	const surroundings = [
		`Workspace: ${input.workspace}`,
		`Session folder, where relative paths start: ${input.cwd}`,
		`System: ${input.platform}, shell ${input.shell}, date ${input.date}`,
	];
	const terminals = input.hasBackgroundTerminals ? [] : [withoutTerminals];
	const project = input.projectInstructions.map(
		({path, text}) => `# Instructions of the project, from ${path}\n\n${text.trim()}`,
	);
	return [system.trim(), ...terminals, `# Where you are\n\n${surroundings.join('\n')}`, ...project].join(
		'\n\n',
	);
};

const withoutTerminals =
	'# Background terminals are switched off\n\nThe user has switched off the feature "Background terminal". You have the tool `shell` only: it waits until the command has ended, and stops it at its timeout. Do not start servers with it. Terminals that run already go on, but you cannot reach them.';

// Codex reads as much; more would push the conversation out of a small context.
const maxBytes = 32 * 1_024;

/** AGENTS.md of the workspace and of each folder on the way to the session folder, outermost first. */
export const readProjectInstructions = async (options: {
	/** Real path. */
	workspace: string;
	cwd: string;
	isTrusted: boolean;
}): Promise<ProjectInstructions[]> => {
	if (!options.isTrusted) return [];
	const found: ProjectInstructions[] = [];
	let left = maxBytes;
	for (const folder of foldersBetween(options.workspace, options.cwd)) {
		const path = join(folder, 'AGENTS.md');
		const text = left > 0 ? await readStart(path, options.workspace, left) : undefined;
		if (text === undefined) continue;
		left -= Buffer.byteLength(text);
		found.push({path: relative(options.workspace, path), text});
	}
	return found;
};

const foldersBetween = (workspace: string, cwd: string): string[] => {
	const inside = relative(workspace, cwd);
	if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) return [workspace];
	const names = inside.split(sep);
	return [workspace, ...names.map((_, index) => join(workspace, ...names.slice(0, index + 1)))];
};

/** Undefined: not there, or no regular file, or a link to a place outside. A cut is said at its end. */
const readStart = async (path: string, workspace: string, maxLength: number): Promise<string | undefined> => {
	const real = await realpath(path).catch(() => undefined);
	if (real === undefined || !real.startsWith(`${workspace}${sep}`)) return;
	// Not blocking: a fifo of that name must not hold the start.
	const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
	if (!file) return;
	try {
		if (!(await file.stat()).isFile()) return;
		const {bytesRead, buffer} = await file.read(Buffer.alloc(maxLength + 1), 0, maxLength + 1, 0);
		const text = buffer.toString('utf8', 0, Math.min(bytesRead, maxLength));
		return bytesRead > maxLength
			? `${text}\n… cut: only the first ${maxLength} bytes of the file are here …`
			: text;
	} finally {
		await file.close();
	}
};
