// The program of a host process for tests: `ENTRY host --state … --workspace …`.
import {runHost} from '../../src/host/main.js';
import {createMemoryHost} from './memory-host.js';

const [, , , ...args] = process.argv;
process.exit(await runHost(args, {tandem: '0.1.0', createHost: async () => createMemoryHost()}));
