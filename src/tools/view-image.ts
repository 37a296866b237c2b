// Lets the model see an image file: the picture goes with the answer.
import {z} from 'zod';
import description from '../../assets/tools/view-image.md';
import type {Tool} from '../agent/tool.js';
import {sanitiseLine} from '../text/sanitise.js';
import {approveReading, locate, readBytes} from './files.js';
import {failed} from './find-terminal.js';

const schema = z.strictObject({
	path: z.string().min(1).describe('Absolute, or from the session folder. PNG, JPEG, GIF or WebP.'),
});

// It is sent with every request from then on.
const mostBytes = 5 * 1_024 * 1_024;

export const viewImage = (): Tool<typeof schema> => ({
	name: 'view_image',
	description,
	schema,
	approval: ({path}, context) => approveReading(path, context),
	async run({path}, context) {
		const {real, shown} = await locate(path, context);
		const file = await readBytes(real, mostBytes);
		if (file.kind === 'missing') {
			return failed(`${shown} does not exist. Relative paths start at ${context.cwd}.`);
		}
		if (file.kind === 'too-large') {
			return failed(
				`${shown} has ${file.bytes} bytes; at most ${mostBytes} can be seen. Make a smaller copy first.`,
			);
		}
		if (file.kind === 'unreadable') return failed(`${shown} ${file.reason}.`);
		const {bytes} = file;
		const type = imageTypes.find(({isType}) => isType(bytes));
		if (!type) return failed(`${shown} is no PNG, JPEG, GIF or WebP image.`);
		return {
			output: `${shown}: ${type.name} image of ${bytes.length} bytes, shown with this answer.`,
			images: [{name: shown, mediaType: type.mediaType, data: bytes.toString('base64')}],
			display: {outcome: sanitiseLine(`${type.name}, ${bytes.length} bytes`)},
		};
	},
});

const begins =
	(start: string, at = 0) =>
	(bytes: Buffer): boolean =>
		bytes.toString('latin1', at, at + start.length) === start;

/** By what stands in the file: a name may lie. */
const imageTypes = [
	{name: 'PNG', mediaType: 'image/png', isType: begins('\x89PNG\r\n\x1a\n')},
	{name: 'JPEG', mediaType: 'image/jpeg', isType: begins('\xff\xd8\xff')},
	{name: 'GIF', mediaType: 'image/gif', isType: begins('GIF8')},
	{
		name: 'WebP',
		mediaType: 'image/webp',
		isType: (bytes: Buffer) => begins('RIFF')(bytes) && begins('WEBP', 8)(bytes),
	},
];
