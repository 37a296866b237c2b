// A thread that tries a lock the moment a gate opens.
import {parentPort, workerData} from 'node:worker_threads';
import {tryLock} from '../../src/lock.js';

parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(workerData.gate), 0, 0);
parentPort?.postMessage(tryLock(workerData.file).kind);
