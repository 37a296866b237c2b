// The built program with a fault in it: a copy of its files in which one expression is another.
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** `find` must stand once in what was built. `launcher` starts the program as `src/tandem.sh` does. */
export const breakProgram = ({find, replace}: {find: string; replace: string}) => {
	const root = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-faulty-')));
	const dist = join(root, 'dist');
	mkdirSync(join(root, 'src'));
	cpSync('dist', dist, {recursive: true});
	cpSync('src/tandem.sh', join(root, 'src/tandem.sh'));
	symlinkSync(realpathSync('node_modules'), join(root, 'node_modules'));
	const holding = readdirSync(dist).filter(
		name => name.endsWith('.js') && readFileSync(join(dist, name), 'utf8').includes(find),
	);
	const [file = '', ...others] = holding.map(name => join(dist, name));
	const parts = file === '' ? [] : readFileSync(file, 'utf8').split(find);
	if (others.length > 0 || parts.length !== 2) throw new Error(`Not once in what was built: ${find}`);
	writeFileSync(file, parts.join(replace));
	return {
		launcher: join(root, 'src/tandem.sh'),
		remove: () => rmSync(root, {recursive: true, force: true}),
	};
};
