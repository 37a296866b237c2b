// What tests ask of recorded model requests.
import type {ModelServer, RecordedRequest} from './model-server.js';

/** The environment that makes tandem talk to the scripted server. */
export const modelEnvironment = (
	server: Pick<ModelServer, 'url'>,
	wireApi: 'responses' | 'chat' = 'responses',
): Record<string, string> => ({
	OPENAI_BASE_URL: server.url,
	OPENAI_API_KEY: 'test-key-of-the-model-server',
	TANDEM_WIRE_API: wireApi,
	TANDEM_MODEL: 'test-model',
});

/** The text of the newest call output that the request carries. */
export const lastOutput = (request: RecordedRequest): string => {
	const outputs = request.body.input.filter(item => item.type === 'function_call_output');
	return String(outputs.at(-1)?.output ?? '');
};

/** The text of the newest user message that the request carries. */
export const lastUserText = (request: RecordedRequest): string => {
	const messages = request.body.input.filter(item => item.role === 'user');
	return JSON.stringify(messages.at(-1)?.content ?? '');
};
