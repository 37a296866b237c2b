// What the model asks the person by `ask_user`: on the screen until it is answered, closed or called off. The
// asking call waits here; the answer is on record with that call's result.
import type {Event, Inquiry, InquiryAnswer} from './events.js';

export const createAsking = (options: {
	show(event: Event, isTyped?: boolean): void;
	/** Lets the person see the terminal that a question is about. */
	openTerminal(id: number): void;
}) => {
	const waiting = new Map<string, (answer: InquiryAnswer) => void>();
	return {
		async ask(inquiry: Inquiry, signal: AbortSignal): Promise<InquiryAnswer> {
			const {callId, terminal} = inquiry;
			const {promise, resolve} = Promise.withResolvers<InquiryAnswer>();
			waiting.set(callId, resolve);
			const withdraw = () => resolve({kind: 'withdrawn'});
			signal.addEventListener('abort', withdraw, {once: true});
			if (signal.aborted) withdraw();
			options.show({type: 'inquiry.asked', inquiry});
			if (terminal) options.openTerminal(terminal.id);
			const answer = await promise;
			waiting.delete(callId);
			signal.removeEventListener('abort', withdraw);
			options.show({type: 'inquiry.closed', callId}, true);
			return answer;
		},
		answer: (callId: string, answer: InquiryAnswer) => waiting.get(callId)?.(answer),
	};
};
