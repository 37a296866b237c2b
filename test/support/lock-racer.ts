// A thread that tries a lock, or to open a session, the moment a gate opens.
import {parentPort, workerData} from 'node:worker_threads';
import {tryLock} from '../../src/lock.js';
import {openSessionLog} from '../../src/session/log.js';

parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(workerData.gate), 0, 0);
const outcome =
	workerData.what === 'session' ? await openSessionLog(workerData.file) : tryLock(workerData.file);
parentPort?.postMessage(outcome.kind);
