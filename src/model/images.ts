// Images on their way out: as addresses, and what a server says that does not take one.
import type {Image} from '../events.js';

export const dataUrl = ({mediaType, data}: Image): string => `data:${mediaType};base64,${data}`;

/** Whether an answer other than 2xx may be about the images: only then is it worth asking with fewer. */
export const mayRefuseImages = (status: number, words: string, model: string): boolean => {
	if (status === 415) return true;
	// llama.cpp says it with 500, OpenRouter with 404.
	return [400, 404, 422, 500].includes(status) && aboutImages.test(words.replaceAll(model, ''));
};

// Servers that know no content but text name its type: Groq, Cerebras, those on FastAPI.
const aboutImages = /image|vision|multi-?modal|content\b.*(must|should) be a (valid )?string/i;
