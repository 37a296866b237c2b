// The one buffer that all PTYs and pipes are read into, each read looked at before the next one begins. A buffer of
// its own for each of a flood's 40,000 small reads costs more than what is done with them.
import type {OnReadOpts} from 'node:net';

const readBuffer = Buffer.allocUnsafeSlow(65_536); // a pipe holds no more

/** What `onData` gets is only there until it returns. */
export const readInto = (onData: (bytes: Uint8Array) => void): OnReadOpts => ({
	buffer: readBuffer,
	callback(length, buffer) {
		onData(buffer.subarray(0, length));
		return true;
	},
});
