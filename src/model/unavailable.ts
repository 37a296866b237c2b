// A model that can't answer and says why: nothing is configured, or it could not be found.
import type {Model, ModelFailure} from './model.js';

/** Every request ends at once with this failure. */
export const createUnavailableModel = (name: string, failure: ModelFailure): Model => ({
	name,
	async *stream() {
		yield {type: 'failed', failure};
	},
});

/** `hint`: what is missing and how to give it. */
export const createMissingModel = (hint: string): Model =>
	createUnavailableModel('no model', {code: 'not-configured', message: hint});
