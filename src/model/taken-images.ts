// Which images a server has taken of a model and which it has refused: one that is too large or damaged is left out
// by itself; a model that has none taken again and again gets no more.
import type {Image, Message} from '../events.js';
import {describeImageRefusal, describeNoImages, type ImageRefusal, type Peer} from './failures.js';

/** The images of one request. */
export type OutgoingImages = {
	/** The conversation without what is left out. */
	messages(): readonly Message[];
	/** Leaves out what may be to blame; false: there was nothing left. */
	refuse(refusal: ImageRefusal): boolean;
	/** The server has taken the request. In words for the person: what it went without, told once. */
	take(): string | undefined;
};

// Two may both have been bad; a server that takes none says so each time.
const hopelessAfter = 3;

export const createTakenImages = (peer: Peer): ((messages: readonly Message[]) => OutgoingImages) => {
	const taken = new WeakSet<Image>();
	/** With what the model is told. */
	const refused = new WeakMap<Image, string>();
	let hasTaken = false;
	let refusals = 0;
	const isHopeless = () => refusals >= hopelessAfter && !hasTaken;

	return messages => {
		const leftOut = new Map<Image, string>();
		let reason: ImageRefusal | undefined;
		const whyNot = (image: Image) =>
			refused.get(image) ?? leftOut.get(image) ?? (isHopeless() ? noneTaken : undefined);
		const going = () => imagesOf(messages).filter(image => whyNot(image) === undefined);

		return {
			messages: () => withoutImages(messages, whyNot),
			refuse(refusal) {
				const all = going();
				// What it has taken before is not to blame, as long as something else may be.
				const fresh = all.filter(image => !taken.has(image));
				for (const image of fresh.length > 0 ? fresh : all) leftOut.set(image, tellModel(refusal));
				reason ??= refusal;
				return all.length > 0;
			},
			take() {
				for (const image of going()) {
					taken.add(image);
					hasTaken = true;
				}
				if (!reason) return undefined;
				for (const [image, why] of leftOut) refused.set(image, why);
				refusals++;
				const names = [...leftOut.keys()].map(({name}) => name);
				return isHopeless() ? describeNoImages(reason, peer) : describeImageRefusal(names, reason, peer);
			},
		};
	};
};

const imagesOf = (messages: readonly Message[]): readonly Image[] =>
	messages.flatMap(message => (message.role === 'tool' ? (message.images ?? []) : []));

const withoutImages = (
	messages: readonly Message[],
	whyNot: (image: Image) => string | undefined,
): readonly Message[] =>
	messages.map(message => {
		if (message.role !== 'tool' || !message.images) return message;
		const {images, ...rest} = message;
		const reasons = images.flatMap(image => whyNot(image) ?? []);
		if (reasons.length === 0) return message;
		const sent = images.filter(image => whyNot(image) === undefined);
		const output = [message.output, ...reasons].join('\n');
		return {...rest, output, ...(sent.length > 0 && {images: sent})};
	});

/** The model can do something about one that is too large. */
const tellModel = ({words}: ImageRefusal) =>
	`[The image is left out: the server refused it${words ? `: ${words}` : '.'}]`;

const noneTaken = '[The image is left out: the server refused images for this model.]';
