// The leader of a terminal as the host sees it: how it is started, whether it has started the command, and how
// a command without a terminal is interrupted. The other half is leader.sh.
import {buildEnvironment, isShellName} from './environment.js';
import type {Family} from './family.js';
import type {StartRequest} from './host.js';
import leaderScript from './leader.sh';
import {type Identity, listChildren, listProcesses, readProc} from './processes.js';

export type LeaderOptions = {
	request: StartRequest;
	shell: string;
	mark: string;
	/** What the sentinel is known by. */
	token: string;
	/** A file for what the leader's shell says. */
	note: string;
	/** The output's fifo, if there is no tty for it. */
	fifo?: string | undefined;
};

/** Absolute paths of setsid(1) and perl(1), where they are. */
export type LeaderPrograms = {setsid?: string | undefined; perl?: string | undefined};

/** A script on a command line shows in ps: without its comments it is bearable. */
const compactScript = leaderScript.replaceAll(/^#.*\n/gm, '');

/** Program, arguments and environment of the leader. */
export const buildLeader = (options: LeaderOptions, programs: LeaderPrograms): Program => {
	const {words, env} = describeCommand(options, programs);
	return asAdopter(programs.perl, {
		file: '/bin/sh',
		args: ['-c', compactScript, 'tandem', notAdopting, '', ...words],
		env: {...env, TANDEM_LEADER: options.token},
	});
};

/** The same of one that waits for its order at a fifo. */
export const buildSpareLeader = (order: string, {perl}: LeaderPrograms): Program =>
	asAdopter(perl, {
		file: '/bin/sh',
		args: ['-c', compactScript, 'tandem', notAdopting, order],
		env: {},
	});

/** What makes the leader that waits the one of a terminal: lines of its shell. */
export const writeOrder = (options: LeaderOptions, programs: LeaderPrograms): string => {
	const {words, env} = describeCommand(options, programs);
	return [
		`cd -P ${quote(options.request.cwd)} || exit`,
		'unset PWD OLDPWD',
		...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
		`TANDEM_LEADER=${options.token}`,
		`set -- ${words.map(quote).join(' ')}`,
		'return\n',
	].join('\n');
};

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The leader's arguments and the command's environment, as far as a shell hands it on. */
const describeCommand = ({request, shell, mark, note, fifo}: LeaderOptions, {setsid}: LeaderPrograms) => {
	const entries = Object.entries(request.env);
	// The leader's shell would drop these on their way to the command.
	const odd = entries.filter(([name]) => !isShellName(name)).map(([name, value]) => `${name}=${value}`);
	const env = Object.fromEntries(entries.filter(([name]) => isShellName(name)));
	const words = [
		...[note, fifo ?? ''],
		...(!request.tty && setsid ? [setsid] : []),
		...(odd.length > 0 ? ['/usr/bin/env', ...odd] : []),
		...[shell, '-c', request.cmd],
	];
	return {words, env: buildEnvironment(env, {...request, mark})};
};

const endOfNames = 'run';

type Program = {file: string; args: string[]; env: Record<string, string>};

const notAdopting = '';

// The system calls prctl(2), close(2) and close_range(2), and PR_SET_CHILD_SUBREAPER.
const systemCalls: Partial<Record<NodeJS.Architecture, {prctl: number; close: number}>> = {
	x64: {prctl: 157, close: 3},
	arm64: {prctl: 167, close: 57},
};
const closeRange = 436;
const setChildSubreaper = 36;

/** Whether leaders adopt, and close what they inherited, where perl(1) is. */
export const canAdopt = (perl: string | undefined): boolean =>
	perl !== undefined && process.platform === 'linux' && systemCalls[process.arch] !== undefined;

/**
 * Makes the leader adopt whoever below it loses his parent: so no process gets out of the tree, whatever it does
 * to its session, environment and descriptors. A shell cannot ask the kernel for that; Perl can, in 2 ms.
 * Without it a process escapes that does all of this between two looks at the processes. And it closes every
 * descriptor but the first three, however many the host has: other terminals are not to be inherited.
 */
const asAdopter = (perl: string | undefined, {file, args, env}: Program): Program => {
	const calls = systemCalls[process.arch];
	if (perl === undefined || !calls || !canAdopt(perl)) return {file, args, env};
	// Perl would load modules and complain of locales in the command's name: it gets these as arguments.
	const isPerls = (name: string) => /^(PERL|LC_|LANG)/.test(name);
	const entries = Object.entries(env);
	const adoptsIndex = 1 + args.indexOf(notAdopting);
	const script = [
		`while(($_=shift)ne'${endOfNames}'){/=/s;$ENV{$\`}=$'}`,
		`syscall(${calls.prctl},${setChildSubreaper},1,0,0,0)or$ARGV[${adoptsIndex}]='adopts';`,
		// Before Linux 5.9 one by one.
		`if(syscall(${closeRange},3,0xffffffff,0)){opendir D,'/proc/self/fd';syscall(${calls.close},$_+0)for grep{$_>2}readdir D}`,
		'exec{$ARGV[0]}@ARGV;exit 127',
	].join('');
	return {
		file: perl,
		args: [
			...['-f', '-e', script, '--'],
			...entries.filter(([name]) => isPerls(name)).map(([name, value]) => `${name}=${value}`),
			...[endOfNames, file, ...args],
		],
		env: Object.fromEntries(entries.filter(([name]) => !isPerls(name))),
	};
};

// On a busy machine; usually it takes 3 ms.
const startWithinMs = 1_000;

/** Resolves when the command runs, when `isOver`, or when it takes too long to wait for. */
export const waitForCommand = async (leader: number, isOver: () => boolean): Promise<void> => {
	const deadline = performance.now() + startWithinMs;
	while (!isOver() && !hasCommand(leader) && performance.now() < deadline) {
		await new Promise(resolve => setTimeout(resolve, 2));
	}
};

/** A child of the leader is a program of its own; until then it is a copy of the leader. */
const hasCommand = (leader: number): boolean => {
	const children = listChildren(leader);
	if (!children) return true;
	const own = readProc(`${leader}/cmdline`);
	return children.some(child => readProc(`${child}/cmdline`) !== own);
};

/** SIGINT to the command's group, as Ctrl+C does on a terminal. */
export const interruptCommand = (leader: Identity, family: Family): void => {
	const command = family.select(listProcesses()).find(({parent}) => parent === leader.pid);
	if (!command) return;
	// Where there is no setsid the command shares the leader's group, and the leader bears it.
	const group = command.group === command.pid ? command.pid : leader.pid;
	try {
		process.kill(-group, 'SIGINT');
	} catch {
		// It ended in this very moment.
	}
};
