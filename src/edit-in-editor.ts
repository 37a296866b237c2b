// A text in the person's own editor ($VISUAL, $EDITOR, else vi), which has the terminal meanwhile.
import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** `message` is for people. */
export type Edited = {kind: 'edited'; text: string} | {kind: 'failed'; message: string};

type Environment = Readonly<Record<string, string | undefined>>;

export const editInEditor = async (text: string, env: Environment): Promise<Edited> => {
	const editor = env.VISUAL || env.EDITOR || 'vi';
	let folder: string | undefined;
	try {
		// Only for its owner.
		folder = await mkdtemp(join(tmpdir(), 'tandem-'));
		const file = join(folder, 'message.md');
		await writeFile(file, `${text}\n`, {mode: 0o600});
		const trouble = await runEditor(editor, file, env);
		if (trouble !== undefined) return {kind: 'failed', message: trouble};
		return {kind: 'edited', text: (await readFile(file, 'utf8')).replace(/\n$/, '')};
	} catch (error) {
		return {kind: 'failed', message: `The text could not be edited: ${String(error)}`};
	} finally {
		if (folder !== undefined) await rm(folder, {recursive: true, force: true});
	}
};

/** Why the text is as it was, in words. The editor may be a command with arguments. */
const runEditor = (editor: string, file: string, env: Environment): Promise<string | undefined> =>
	new Promise((resolve, reject) => {
		// Ctrl+C reaches the shell too, and must not end it before the editor.
		const script = `trap : INT; ${editor} "$1"`;
		const shell = spawn('/bin/sh', ['-c', script, 'sh', file], {stdio: 'inherit', env});
		shell.on('error', reject);
		shell.on('exit', (code, signal) => {
			if (code === 0) return resolve(undefined);
			if (code === notFound)
				return resolve(`There is no editor ${editor} here. Set VISUAL or EDITOR to one.`);
			resolve(`${editor} ended with ${signal ?? `exit code ${code}`}: the text is as it was.`);
		});
	});

/** What a shell ends with when there is no such command. */
const notFound = 127;
