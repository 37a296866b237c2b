// What the file system says, in words for people. Knows nothing of what was to be read or written.
import {constants} from 'node:os';

const reasons: Record<string, string> = {
	ENOSPC: 'the disk is full',
	EDQUOT: 'your disk quota is used up',
	EROFS: 'the file system is read-only',
	EACCES: 'no permission',
	EPERM: 'no permission',
	EFBIG: 'it has reached the allowed file size',
	EIO: 'the disk reports an error',
	ENOTDIR: 'a file stands where a folder should be',
	EEXIST: 'a file stands where a folder should be',
};

/** To stand in brackets or behind a colon; the code itself where there are no words for it. */
export const reasonOf = (error: unknown): string => {
	const code = codeOf(error);
	return reasons[code] ?? code;
};

export const hasCode = (error: unknown, code: string): boolean =>
	error instanceof Error && 'code' in error && error.code === code;

const codeOf = (error: unknown): string => {
	if (!(error instanceof Error && 'code' in error)) return String(error);
	// Node has no name for it: "Unknown system error -122".
	const isQuota = 'errno' in error && error.errno === -constants.errno.EDQUOT;
	return isQuota ? 'EDQUOT' : String(error.code);
};
