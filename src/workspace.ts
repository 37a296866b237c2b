// Which folder belongs together: the nearest one upwards that holds a repository or tandem's own mark.
import {realpathSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {sha256} from './sha256.js';

export type Workspace = {
	/** Real path. */
	readonly folder: string;
	/** First 16 hex digits of the SHA-256 of that path. */
	readonly key: string;
};

/** The workspace of an existing folder. Throws what the file system says if it does not exist. */
export const findWorkspace = (cwd: string): Workspace => {
	const start = realpathSync(cwd);
	const folder = findMarkedFolder(start) ?? start;
	return {
		folder,
		// Asked for when the first frame stands.
		get key() {
			return sha256(folder).slice(0, 16);
		},
	};
};

const findMarkedFolder = (start: string): string | undefined => {
	for (let folder = start; ; folder = dirname(folder)) {
		// `.git` is a file in a worktree or a submodule.
		if (statSync(join(folder, '.git'), {throwIfNoEntry: false})) return folder;
		if (statSync(join(folder, '.tandem'), {throwIfNoEntry: false})?.isDirectory()) return folder;
		if (folder === dirname(folder)) return undefined;
	}
};
