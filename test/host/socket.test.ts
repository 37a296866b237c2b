// The contract of every Host, kept by a client over the socket.
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {createDiagnostics} from '../../src/diagnostics.js';
import {createHostClient} from '../../src/host/client.js';
import {createPool} from '../../src/host/pool.js';
import {serveHost} from '../../src/host/server.js';
import {resolveWorkspacePaths} from '../../src/paths.js';
import {describeHost} from './contract.js';

const uid = process.getuid?.() ?? 0;

describeHost('a client at a socket', async ({stateFolder, runtimeFolder}) => {
	const paths = resolveWorkspacePaths({stateFolder, key: '0123456789abcdef', uid});
	if (paths.kind === 'failed') throw new Error(paths.message);
	mkdirSync(paths.stateFolder, {recursive: true, mode: 0o700});
	const pool = await createPool({stateFolder, runtimeFolder});
	const server = await serveHost({
		host: pool,
		socketPath: paths.socketPath,
		tokenFile: paths.tokenFile,
		tandem: '0.1.0',
		diagnostics: createDiagnostics(join(paths.stateFolder, 'host.jsonl')),
	});
	const client = createHostClient({paths, uid, tandem: '0.1.0', client: 'test'});
	const outcome = await client.connect();
	if (outcome.kind === 'refused') throw new Error(outcome.message);
	return {
		...client,
		async close() {
			await client.close();
			server.stopListening();
			server.goodbye('The test is over.');
			await pool.close();
		},
	};
});
