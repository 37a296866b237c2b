// Images in a conversation on its way out: as addresses, or left out for a model that takes none.
import type {Image, Message} from '../events.js';

/** Images among the fields that a server has refused. */
export const imagesField = 'images';

export const dataUrl = ({mediaType, data}: Image): string => `data:${mediaType};base64,${data}`;

/** Whether an answer other than 2xx may be about the images: only then is it worth asking without them. */
export const mayRefuseImages = (status: number, words: string, model: string): boolean => {
	if (status === 415) return true;
	// llama.cpp says it with 500, OpenRouter with 404.
	return [400, 404, 422, 500].includes(status) && aboutImages.test(words.replaceAll(model, ''));
};

// Servers that know no content but text name its type: Groq, Cerebras, those on FastAPI.
const aboutImages = /image|vision|multi-?modal|content\b.*(must|should) be a (valid )?string/i;

/** The same messages if there are none. */
export const withoutImages = (messages: readonly Message[]): readonly Message[] =>
	messages.some(message => message.role === 'tool' && message.images)
		? messages.map(message => {
				if (message.role !== 'tool' || !message.images) return message;
				const {images: _, ...rest} = message;
				return {...rest, output: `${message.output}\n${leftOut}`};
			})
		: messages;

const leftOut = '[The image is left out: the server refused images for this model.]';
