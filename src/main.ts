// The entry: loads the program through the cache of compiled code, which is all that it knows.
import {dirname} from 'node:path';
import {keepCompiledCode} from './code-cache.js';
import {resolvePaths} from './paths.js';

const args = process.argv.slice(2);

/** A host is told where the state is: it gets little of the environment that would say it. */
const findStateFolder = (): string | undefined => {
	if (args[0] === 'host') return args[args.indexOf('--state') + 1];
	const paths = resolvePaths({env: process.env, platform: process.platform});
	return paths.kind === 'paths' ? paths.stateFolder : undefined;
};

const stateFolder = findStateFolder();
if (stateFolder !== undefined) {
	keepCompiledCode({program: dirname(import.meta.filename), stateFolder, uid: process.getuid?.() ?? 0});
}
void import('./program.js')
	.then(({runProgram}) => runProgram(args, import.meta.filename))
	.then(code => process.exit(code));
