// The environment of the commands: what the person's own shell has, less tandem's secrets and internals.

export type ChildEnvironment = {
	env: Record<string, string>;
	/** Names that were there and are kept from commands, for /status. */
	withheld: string[];
};

// Settings that a `tandem` typed inside a terminal must find again; every other TANDEM_ variable is internal.
const publicNames = new Set(['TANDEM_HOME', 'TANDEM_MODEL', 'TANDEM_WIRE_API']);

export const childEnvironment = (options: {
	/** The window's. */
	env: Readonly<Record<string, string | undefined>>;
	/** What a login shell makes of it, if that is known. */
	login?: Readonly<Record<string, string>> | undefined;
	/** The `env_key` of each provider in use; OPENAI_API_KEY always counts. */
	providerKeys?: readonly string[];
	/** `[environment] pass` of the config. */
	pass?: readonly string[];
}): ChildEnvironment => {
	const {env, login, providerKeys = [], pass = []} = options;
	const merged = withLauncherUndone(mergeLogin(definedOnly(env), login));
	const secrets = new Set(['OPENAI_API_KEY', ...providerKeys]);
	const isWithheld = (name: string) =>
		!pass.includes(name) && (secrets.has(name) || (name.startsWith('TANDEM_') && !publicNames.has(name)));
	const entries = Object.entries(merged);
	return {
		env: Object.fromEntries(entries.filter(([name]) => !isWithheld(name))),
		withheld: entries.map(([name]) => name).filter(isWithheld),
	};
};

/** For what a model runs; `extra` is the call's own `env` and wins. TERM and the like are the host's to set. */
export const commandEnvironment = (
	env: Readonly<Record<string, string>>,
	extra: Readonly<Record<string, string>> = {},
): Record<string, string> => ({
	...env,
	// A pager would wait for keys that nobody presses.
	PAGER: 'cat',
	GIT_PAGER: 'cat',
	GH_PAGER: 'cat',
	...extra,
});

/** The login shell's values count, but its PATH only adds: an activated environment stays in front. */
const mergeLogin = (
	env: Record<string, string>,
	login: Readonly<Record<string, string>> | undefined,
): Record<string, string> => {
	if (!login) return env;
	const path = [...new Set([...(env.PATH ?? '').split(':'), ...(login.PATH ?? '').split(':')])];
	const own = Object.fromEntries(Object.entries(login).filter(([name]) => !shellsOwn.has(name)));
	return {...env, ...own, PATH: path.filter(part => part !== '').join(':')};
};

// A shell sets these about itself.
const shellsOwn = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL']);

/** The launcher keeps the person's own NODE_OPTIONS in TANDEM_NODE_OPTIONS (empty: there were none) when it sets its own. */
const withLauncherUndone = (env: Record<string, string>): Record<string, string> => {
	const own = env.TANDEM_NODE_OPTIONS;
	if (own === undefined) return env;
	const {NODE_OPTIONS: _launcher, ...rest} = env;
	return own === '' ? rest : {...rest, NODE_OPTIONS: own};
};

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
	Object.fromEntries(
		Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
	);
