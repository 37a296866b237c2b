// The program of a host process with real terminals: `ENTRY host --state … --workspace …`.
import {runHost} from '../../src/host/main.js';
import {createPool} from '../../src/host/pool.js';

const [, , , ...args] = process.argv;
process.exit(await runHost(args, {tandem: '0.1.0', createHost: createPool}));
