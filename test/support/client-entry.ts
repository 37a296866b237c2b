// A client process for tests: connects, says so by one JSON line, and stays until its stdin ends.
// ARGS: state folder, workspace key, entry of the host.
import {connectHost} from '../../src/host/client.js';
import {hostArgs} from '../../src/host/main.js';
import {resolveWorkspacePaths} from '../../src/paths.js';

const [, , stateFolder = '', key = '', entry = ''] = process.argv;
const uid = process.getuid?.() ?? 0;
const paths = resolveWorkspacePaths({stateFolder, key, uid});
if (paths.kind === 'failed') throw new Error(paths.message);
const outcome = await connectHost({
	paths,
	uid,
	tandem: '0.1.0',
	client: 'test',
	spawn: {
		execPath: process.execPath,
		entry,
		args: [...hostArgs(stateFolder, key), '--idle-ms', '300'],
		env: process.env,
	},
});
process.stdout.write(`${JSON.stringify(outcome.kind)}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
