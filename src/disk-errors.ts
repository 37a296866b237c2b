// What the file system says, in words for people. Knows nothing of what was to be read or written.

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
	const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
	return reasons[code] ?? code;
};
