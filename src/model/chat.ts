// Chat Completions. Not there yet: the model says so in place of an answer.
import type {Model} from './model.js';
import {createUnavailableModel} from './unavailable.js';

export const createChatModel = (name: string): Model =>
	createUnavailableModel(name, {
		code: 'not-available',
		message:
			'Chat Completions are not there yet; use a server with the Responses API (TANDEM_WIRE_API=responses).',
	});
