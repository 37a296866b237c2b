import {chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {
	preparePrivateFolder,
	prepareWorkspaceFolders,
	resolvePaths,
	resolveWorkspacePaths,
	type WorkspacePaths,
} from '../src/paths.js';

const uid = process.getuid?.() ?? 0;
const folders: string[] = [];
const makeFolder = () => {
	const folder = mkdtempSync('/tmp/tandem-paths-');
	folders.push(folder);
	return folder;
};
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

test('Linux keeps config and state where XDG says, or in its defaults below HOME', () => {
	expect(resolvePaths({platform: 'linux', env: {HOME: '/home/ann'}})).toEqual({
		kind: 'paths',
		configFolder: '/home/ann/.config/tandem',
		configFile: '/home/ann/.config/tandem/config.toml',
		stateFolder: '/home/ann/.local/state/tandem',
	});
	expect(
		resolvePaths({platform: 'linux', env: {HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s'}}),
	).toMatchObject({configFolder: '/c/tandem', stateFolder: '/s/tandem'});
});

test('a relative XDG path is ignored, as its specification asks', () => {
	expect(resolvePaths({platform: 'linux', env: {HOME: '/h', XDG_STATE_HOME: 'state'}})).toMatchObject({
		stateFolder: '/h/.local/state/tandem',
	});
});

test('macOS keeps everything in Application Support', () => {
	const support = '/Users/ann/Library/Application Support/tandem';
	expect(resolvePaths({platform: 'darwin', env: {HOME: '/Users/ann', XDG_STATE_HOME: '/s'}})).toMatchObject({
		configFolder: support,
		stateFolder: support,
	});
});

test('TANDEM_HOME holds everything on every platform, without a HOME too', () => {
	for (const platform of ['linux', 'darwin'] as const) {
		expect(resolvePaths({platform, env: {TANDEM_HOME: '/t'}})).toMatchObject({
			configFolder: '/t',
			configFile: '/t/config.toml',
			stateFolder: '/t',
		});
	}
});

test('a missing HOME and a relative TANDEM_HOME are failures that name the variable', () => {
	expect(resolvePaths({platform: 'linux', env: {}})).toMatchObject({kind: 'failed', code: 'no-home'});
	expect(resolvePaths({platform: 'darwin', env: {HOME: ''}})).toMatchObject({code: 'no-home'});
	expect(resolvePaths({platform: 'linux', env: {TANDEM_HOME: 'x'}})).toMatchObject({
		code: 'relative-path',
		message: expect.stringContaining('TANDEM_HOME'),
	});
});

test('the socket stands in the state folder while its path is short enough', () => {
	expect(resolveWorkspacePaths({stateFolder: '/s', key: '0123456789abcdef', uid: 7})).toMatchObject({
		kind: 'workspace-paths',
		stateFolder: '/s/workspaces/0123456789abcdef',
		runtimeFolder: '/s/workspaces/0123456789abcdef/runtime',
		socketFolder: '/s/workspaces/0123456789abcdef',
		socketPath: '/s/workspaces/0123456789abcdef/host.sock',
	});
});

test('a path of 100 bytes is kept, one of 101 goes to the temp folder, and bytes are counted', () => {
	const key = '0123456789abcdef';
	const rest = `/workspaces/${key}/host.sock`.length;
	const at = (stateFolder: string) => resolveWorkspacePaths({stateFolder, key, uid: 7}) as WorkspacePaths;
	const kept = at(`/${'a'.repeat(99 - rest)}`);
	expect(Buffer.byteLength(kept.socketPath)).toBe(100);
	expect(kept.socketFolder).toBe(kept.stateFolder);
	expect(at(`/${'a'.repeat(100 - rest)}`).socketFolder).toBe(`/tmp/tandem-7/${key}`);
	expect(at(`/é${'a'.repeat(98 - rest)}`).socketFolder).toBe(`/tmp/tandem-7/${key}`);
});

test('two long state folders have different sockets for the same workspace', () => {
	const at = (stateFolder: string) => resolveWorkspacePaths({stateFolder, key: 'k'.repeat(16), uid: 7});
	const long = `/${'a'.repeat(100)}`;
	expect(at(`${long}1`)).toEqual(at(`${long}1`));
	expect(at(`${long}1`)).not.toMatchObject({socketPath: (at(`${long}2`) as WorkspacePaths).socketPath});
});

test('a temp folder that is too long as well is a failure, not a cut name', () => {
	const temporaryFolder = `/${'t'.repeat(90)}`;
	expect(
		resolveWorkspacePaths({stateFolder: `/${'a'.repeat(100)}`, key: 'k'.repeat(16), uid: 7, temporaryFolder}),
	).toMatchObject({kind: 'failed', code: 'path-too-long'});
});

test('a private folder is 0700 whatever the umask', () => {
	const before = process.umask(0);
	try {
		const folder = join(makeFolder(), 'a/b');
		expect(preparePrivateFolder(folder, uid)).toBeUndefined();
		expect(lstatSync(folder).mode & 0o777).toBe(0o700);
		expect(preparePrivateFolder(folder, uid)).toBeUndefined();
	} finally {
		process.umask(before);
	}
});

test('a folder that is open to others, a link, a file or of another user is refused by name', () => {
	const base = makeFolder();
	mkdirSync(join(base, 'open'));
	chmodSync(join(base, 'open'), 0o770);
	mkdirSync(join(base, 'real'), {mode: 0o700});
	symlinkSync(join(base, 'real'), join(base, 'link'));
	for (const name of ['open', 'link']) {
		expect(preparePrivateFolder(join(base, name), uid)).toMatchObject({
			code: 'not-private',
			message: expect.stringContaining(join(base, name)),
		});
	}
	expect(preparePrivateFolder(join(base, 'real'), uid + 1)).toMatchObject({code: 'not-private'});
	expect(preparePrivateFolder('/dev/null/x', uid)).toMatchObject({code: 'not-writable'});
});

test('the short stand-in is checked at both levels of the temp folder', () => {
	const temporaryFolder = makeFolder();
	const stateFolder = join(makeFolder(), 'a'.repeat(100));
	const paths = resolveWorkspacePaths({stateFolder, key: 'k'.repeat(16), uid, temporaryFolder});
	if (paths.kind === 'failed') throw new Error(paths.message);
	expect(prepareWorkspaceFolders(paths, uid)).toBeUndefined();
	chmodSync(join(temporaryFolder, `tandem-${uid}`), 0o777);
	expect(prepareWorkspaceFolders(paths, uid)).toMatchObject({code: 'not-private'});
});
