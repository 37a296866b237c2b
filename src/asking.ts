// What the model asks the person by `ask_user`: on the screen until it is answered, closed or called off. The
// asking call waits here; the answer is on record with that call's result.
import type {Event, Inquiry, InquiryAnswer} from './events.js';

export const createAsking = (options: {
	show(event: Event, isTyped?: boolean): void;
	/** Lets the person see the terminal that a question is about. */
	openTerminal(id: number): void;
}) => {
	/** Each settles its question once, in the state at once: what is typed next is not its answer. */
	const waiting = new Map<string, (answer: InquiryAnswer) => void>();
	return {
		async ask(inquiry: Inquiry, signal: AbortSignal): Promise<InquiryAnswer> {
			const {callId, terminal} = inquiry;
			const {promise, resolve} = Promise.withResolvers<InquiryAnswer>();
			const settle = (answer: InquiryAnswer) => {
				if (!waiting.delete(callId)) return;
				signal.removeEventListener('abort', withdraw);
				options.show({type: 'inquiry.closed', callId}, true);
				resolve(answer);
			};
			const withdraw = () => settle({kind: 'withdrawn'});
			waiting.set(callId, settle);
			signal.addEventListener('abort', withdraw, {once: true});
			options.show({type: 'inquiry.asked', inquiry});
			if (signal.aborted) withdraw();
			else if (terminal) options.openTerminal(terminal.id);
			return promise;
		},
		answer: (callId: string, answer: InquiryAnswer) => waiting.get(callId)?.(answer),
	};
};
