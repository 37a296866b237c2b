// Makes what was written outlive a power cut: of a file its bytes, of a folder the names in it.
import {constants} from 'node:fs';
import {open} from 'node:fs/promises';

export const syncPath = async (path: string): Promise<void> => {
	const handle = await open(path, constants.O_RDONLY);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
};
