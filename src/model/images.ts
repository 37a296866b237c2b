// Images in a conversation on its way out: as addresses, or left out for a model that takes none.
import type {Image, Message} from '../events.js';

/** What a server has refused that takes no images, among the fields that it does not know. */
export const imagesField = 'images';

export const dataUrl = ({mediaType, data}: Image): string => `data:${mediaType};base64,${data}`;

/** The same messages if there are none. */
export const withoutImages = (messages: readonly Message[]): readonly Message[] =>
	messages.some(message => message.role === 'tool' && message.images)
		? messages.map(message => {
				if (message.role !== 'tool' || !message.images) return message;
				const {images: _, ...rest} = message;
				return {...rest, output: `${message.output}\n${leftOut}`};
			})
		: messages;

const leftOut = '[The image is left out: this model does not take any.]';
