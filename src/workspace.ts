// Which folder belongs together: the nearest one upwards that holds a repository or tandem's own mark.
import {createHash} from 'node:crypto';
import {realpathSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';

export type Workspace = {
	/** Real path. */
	folder: string;
	/** First 16 hex digits of the SHA-256 of that path. */
	key: string;
};

/** The workspace of an existing folder. Throws what the file system says if it does not exist. */
export const findWorkspace = (cwd: string): Workspace => {
	const start = realpathSync(cwd);
	const folder = findMarkedFolder(start) ?? start;
	return {folder, key: createHash('sha256').update(folder).digest('hex').slice(0, 16)};
};

const findMarkedFolder = (start: string): string | undefined => {
	for (let folder = start; ; folder = dirname(folder)) {
		// `.git` is a file in a worktree or a submodule.
		if (statSync(join(folder, '.git'), {throwIfNoEntry: false})) return folder;
		if (statSync(join(folder, '.tandem'), {throwIfNoEntry: false})?.isDirectory()) return folder;
		if (folder === dirname(folder)) return undefined;
	}
};
