// Replaces a small file in one step: old or new, never half, whatever happens in between.
import {type FileHandle, open, realpath, rename, unlink} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {syncPath} from '../sync-path.js';

/** Throws what the file system says; then the old file stands as it was. `mode` is the file's, whatever the umask. */
export const replaceFile = async (file: string, text: string, mode: number): Promise<void> => {
	const folder = await realpath(dirname(file));
	const temporary = join(folder, `.${basename(file)}.${crypto.randomUUID()}`);
	let handle: FileHandle | undefined;
	try {
		handle = await open(temporary, 'wx', 0o600);
		await handle.writeFile(text);
		await handle.chmod(mode);
		await handle.sync();
		await handle.close();
		handle = undefined;
		await rename(temporary, join(folder, basename(file)));
	} catch (error) {
		await handle?.close();
		// It may not have been made at all.
		await unlink(temporary).catch(() => {});
		throw error;
	}
	await syncPath(folder);
};
