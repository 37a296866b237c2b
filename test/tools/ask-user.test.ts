import {expect, test} from 'vitest';
import type {Inquiry, InquiryAnswer} from '../../src/events.js';
import {askUser} from '../../src/tools/ask-user.js';
import {until} from '../support/until.js';
import {createContext} from './context.js';
import {createFakeHost} from './fake-host.js';
import {setUp, terminalThat} from './real-terminals.js';

/** A person who says the same to everything; without words they leave the question open. */
const person = (answer?: InquiryAnswer) => {
	const asked: {inquiry: Inquiry; signal: AbortSignal}[] = [];
	return {
		asked,
		ask: (inquiry: Inquiry, signal: AbortSignal) => {
			asked.push({inquiry, signal});
			if (answer) return Promise.resolve(answer);
			return new Promise<InquiryAnswer>(resolve =>
				signal.addEventListener('abort', () => resolve({kind: 'withdrawn'})),
			);
		},
	};
};

const question = 'Which one?';

test('the answer is the model’s, word for word', async () => {
	const {asked, ask} = person({kind: 'answered', text: 'The second,\nplease.'});
	const result = await askUser(createFakeHost()).run(
		{question, choices: ['one', 'two']},
		createContext('/', {ask}),
	);
	expect(asked[0]?.inquiry).toEqual({callId: 'call-1', question, choices: ['one', 'two']});
	expect(result).toMatchObject({output: 'The user answered: The second,\nplease.'});
	expect(result.isError).toBeUndefined();
});

test('no answer is said as such, and so is that nobody is there', async () => {
	const {ask} = person({kind: 'dismissed'});
	const tool = askUser(createFakeHost());
	expect((await tool.run({question}, createContext('/', {ask}))).output).toMatch(/without an answer/);
	expect((await tool.run({question}, createContext('/'))).output).toMatch(/Nobody is there/);
});

test('an interrupt withdraws the question', async () => {
	const {asked, ask} = person();
	const context = createContext('/', {ask});
	const result = askUser(createFakeHost()).run({question}, context);
	context.interrupt();
	expect((await result).output).toMatch(/^Interrupted by the user, who had not answered/);
	expect(asked[0]?.signal.aborted).toBe(true);
});

test('nobody is sent to a terminal that is not there, has ended or has no stdin', async () => {
	const {ask, asked} = person();
	const host = createFakeHost();
	host.add({name: 'old', state: {kind: 'ended', exit: {code: 0}, at: 2_000}});
	host.add({name: 'pipe', tty: false});
	const tool = askUser(host);
	const run = async (args: {session_id: number | string; choices?: string[]}) =>
		tool.run({question, ...args}, createContext('/', {ask}));
	expect(await run({session_id: 9})).toMatchObject({
		isError: true,
		output: expect.stringMatching(/no terminal 9/),
	});
	expect(await run({session_id: 'old'})).toMatchObject({
		output: expect.stringMatching(/does not run any more/),
	});
	expect(await run({session_id: 'pipe'})).toMatchObject({output: expect.stringMatching(/tty: true/)});
	expect(await run({session_id: 'pipe', choices: ['a']})).toMatchObject({
		output: expect.stringMatching(/^choices/),
	});
	expect(asked).toEqual([]);
});

/** A host with one terminal that counts who listens and fails at its second list. */
const createFailingHost = () => {
	const host = createFakeHost();
	host.add({name: 'login'});
	const listeners = new Set<unknown>();
	const {list, subscribe} = host;
	let lists = 0;
	host.list = () => (++lists === 2 ? Promise.reject(new Error('The host failed: It broke.')) : list());
	host.subscribe = listener => {
		const unsubscribe = subscribe(listener);
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
			unsubscribe();
		};
	};
	return {host, listeners};
};

// A rejection that nobody handles fails the run.
test('a host that fails at its list is still listened to', async () => {
	const {host, listeners} = createFailingHost();
	const {ask} = person();
	const answer = askUser(host).run({question, session_id: 1}, createContext('/', {ask}));
	await until(() => listeners.size === 1);
	host.change(1, {state: {kind: 'ended', exit: {code: 0}, at: 2_000}});
	host.waiting(1).then(wait => wait.end({kind: 'exited'}));
	expect((await answer).output).toMatch(/ended before the user came/);
	expect(listeners.size).toBe(0);
});

test('nobody listens any more after an interrupt that came first, or a question that failed', async () => {
	const interrupted = createFailingHost();
	const context = createContext('/', {ask: async () => ({kind: 'withdrawn'})});
	context.interrupt();
	const answer = await askUser(interrupted.host).run({question, session_id: 1}, context);
	expect(answer.output).toMatch(/^Interrupted/);
	expect(interrupted.listeners.size).toBe(0);

	const failed = createFailingHost();
	const ask = () => Promise.reject(new Error('No room for a question.'));
	await expect(
		askUser(failed.host).run({question, session_id: 1}, createContext('/', {ask})),
	).rejects.toThrow('No room');
	expect(failed.listeners.size).toBe(0);
});

test('in a terminal, the answer is its screen once the person gave it back, and not what they typed', async () => {
	const {host, context, run, told, news} = await setUp();
	const {ask, asked} = person();
	context.ask = ask;
	await run('exec_command', {
		cmd: `stty -echo; printf "Password: "; read p; stty echo; echo; printf %s "$p" | wc -c; cat`,
		name: 'login',
	});
	const answer = run('ask_user', {question: 'Please log in.', session_id: 'login'});
	await terminalThat(host, 1, ({driver}) => driver === 'model');
	await host.drive(1, {driver: 'user', client: 'window', cols: 60, rows: 20});
	await host.write(1, {by: 'user', chars: 'hunter-two', keys: ['Enter']});
	await terminalThat(host, 1, ({lastLines}) => lastLines.some(line => line.trim() === '10'));
	await host.drive(1, {driver: 'model', client: 'window'});
	const output = await answer;
	expect(asked[0]).toMatchObject({inquiry: {terminal: {id: 1, name: 'login'}}, signal: {aborted: true}});
	expect(output).toMatch(/^The user was in terminal 1 \(login\) and gave it back\./);
	expect(output).toMatch(/^10$/m);
	expect(output).toMatch(/^Screen: 120x40$/m);
	expect(output).not.toContain('hunter');
	expect(told).toContainEqual({terminalId: 1, what: 'user-typed', visits: 1});
	expect(await news()).toEqual([]);
});

test('a program that ends in the person’s hands, or before they came, is an answer too', async () => {
	const {host, context, run} = await setUp();
	context.ask = person().ask;
	await run('exec_command', {cmd: 'read p; echo got it; exit 3', name: 'once'});
	const ended = run('ask_user', {question, session_id: 1});
	await host.drive(1, {driver: 'user', client: 'window', cols: 60, rows: 20});
	await host.write(1, {by: 'user', keys: ['Enter']});
	expect(await ended).toMatch(
		/in terminal 1 \(once\), which has ended[\s\S]*exited with code 3[\s\S]*^got it$/m,
	);
	await run('exec_command', {cmd: 'cat', name: 'alone'});
	const alone = run('ask_user', {question, session_id: 2});
	await host.stop(2, {by: 'model'});
	expect(await alone).toMatch(/^Terminal 2 \(alone\) ended before the user came\./);
});
