// Runs the scripted model server by hand: `node test/support/run-model-server.ts [PORT]`, then start tandem
// with the variables that it prints. The model that it plays understands: `run COMMAND`, `call TOOL {JSON}`,
// `think`, `slow`, `fail`, and repeats anything else.
import {registerHooks} from 'node:module';
import {setTimeout as sleep} from 'node:timers/promises';
import type {RecordedRequest, Reply} from './model-server.js';

// Node runs TypeScript as it is, but does not find `x.ts` under the name `x.js`.
registerHooks({
	resolve: (specifier, context, next) => {
		const isOurs = specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/');
		return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
	},
});
const {apiError, call, reasoning, startModelServer, text} = await import('./model-server.js');

const play = ({body}: RecordedRequest): Reply => {
	const last = body.input.at(-1);
	if (last?.type === 'function_call_output') return text(`The tool said:\n\n${String(last.output)}`);
	const said = lastWords(last?.content);
	const [, verb = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(said) ?? [];
	switch (verb) {
		case 'run':
			return [text(`I run \`${rest}\`.`, {phase: 'commentary'}), call('exec_command', {cmd: rest})];
		case 'call': {
			const [, name = '', args = '{}'] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
			return call(name, args || '{}');
		}
		case 'think':
			return [reasoning('I think about it.'), text('I have thought about it.')];
		case 'slow':
			return text(Array.from({length: 40}, (_, index) => [`word ${index} `, sleep(100 * index)]).flat());
		case 'fail':
			return apiError(500, {message: 'The server had an error.'});
		default:
			return text(`You said: ${said}`);
	}
};

/** The text of a message, whatever its form. */
const lastWords = (content: unknown): string =>
	typeof content === 'string'
		? content
		: Array.isArray(content)
			? content.map(part => String(part?.text ?? '')).join('\n')
			: '';

const server = await startModelServer(play, {port: Number(process.argv[2] ?? 0)});
process.stdout.write(
	`OPENAI_BASE_URL=${server.url} OPENAI_API_KEY=test TANDEM_WIRE_API=responses TANDEM_MODEL=test-model\n(or TANDEM_WIRE_API=chat)\n`,
);
