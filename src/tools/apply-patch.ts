// Changes files by a patch in the V4A format: computed and shown as a diff before anything is written.
import {resolve} from 'node:path';
import {z} from 'zod';
import description from '../../assets/tools/apply-patch.md';
import type {ApprovalSubject, PatchedFile, Tool, ToolContext, ToolResult} from '../agent/tool.js';
import {sanitise, sanitiseLine} from '../text/sanitise.js';
import {failed} from './find-terminal.js';
import type {PatchCommand} from './patch-command.js';
import {planPatch} from './patch-plan.js';
import {writeChanges} from './patch-write.js';

const schema = z.strictObject({
	input: z.string().min(1).describe('The whole patch, from `*** Begin Patch` to `*** End Patch`.'),
});

export type ApplyPatch = Tool<typeof schema> & {
	/** For a patch that came as a shell command, in the folder where the command would have run. */
	approveIn(command: PatchCommand, cwd: string, context: ToolContext): Promise<ApprovalSubject | undefined>;
	runIn(command: PatchCommand, cwd: string, context: ToolContext): Promise<ToolResult>;
};

export const applyPatch = (): ApplyPatch => {
	/** Diffs that were shown, by call: what is written is what was shown. */
	const shown = new Map<string, string>();

	const approval = async (
		{input}: {input: string},
		context: ToolContext,
	): Promise<ApprovalSubject | undefined> => {
		const plan = await planPatch(input, context);
		// A patch that can't be applied needs no answer of the person: the run says why.
		if (plan.kind === 'failed') return;
		shown.set(context.callId, plan.diff);
		return {kind: 'patch', files: plan.files, diff: plan.diff};
	};

	const run = async ({input}: {input: string}, context: ToolContext): Promise<ToolResult> => {
		const plan = await planPatch(input, context);
		const approved = shown.get(context.callId);
		shown.delete(context.callId);
		if (plan.kind === 'failed') return failed(plan.message);
		if (approved !== undefined && approved !== plan.diff) {
			return failed(
				'The files changed while the patch waited for approval. Nothing was changed: read them again.',
			);
		}
		if (context.signal.aborted) return failed('Interrupted by the user. Nothing was changed.');
		const {sessionId, callId, patchFolder} = context;
		const written = await writeChanges(plan.changes, {folder: patchFolder, call: {sessionId, callId}});
		if (written.kind === 'failed') return failed(written.message);
		return {
			output: ['Success. Updated the following files:', ...plan.files.map(summary)].join('\n'),
			display: {
				outcome: sanitiseLine(plan.files.map(({path}) => path).join(', ')),
				diff: sanitise(plan.diff),
				added: plan.added,
				removed: plan.removed,
			},
		};
	};

	const inFolder = ({folder}: PatchCommand, cwd: string, context: ToolContext): ToolContext => ({
		...context,
		cwd: resolve(cwd, folder ?? ''),
	});

	return {
		name: 'apply_patch',
		description,
		schema,
		approval,
		run,
		approveIn: (command, cwd, context) => approval({input: command.patch}, inFolder(command, cwd, context)),
		runIn: (command, cwd, context) => run({input: command.patch}, inFolder(command, cwd, context)),
	};
};

const letters: Record<PatchedFile['change'], string> = {add: 'A', update: 'M', delete: 'D', move: 'D'};

const summary = ({path, change}: PatchedFile): string => `${letters[change]} ${path}`;
