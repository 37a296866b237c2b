// The command that brings tandem back: as it was started here, so that a person can type what a message says.

/** `tandem resume 12`, or the same for one who has no `tandem` on the PATH and runs `npm start`. */
export const ownCommand = (words = '', env: Readonly<Record<string, string | undefined>> = process.env) => {
	const isOfPackage = env.npm_package_name === 'tandem' && env.npm_lifecycle_event === 'start';
	const program = isOfPackage ? 'npm start' : 'tandem';
	if (words === '') return program;
	return isOfPackage ? `${program} -- ${words}` : `${program} ${words}`;
};
