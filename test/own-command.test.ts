import {expect, test} from 'vitest';
import {ownCommand} from '../src/own-command.js';

test('a person is told the command that they can type', () => {
	const packaged = {npm_package_name: 'tandem', npm_lifecycle_event: 'start'};
	expect(ownCommand('demo', packaged)).toBe('npm start -- demo');
	expect(ownCommand('', packaged)).toBe('npm start');
	expect(ownCommand('demo', {})).toBe('tandem demo');
	// In another project's `npm start`, tandem is what was found on the PATH.
	expect(ownCommand('demo', {...packaged, npm_package_name: 'my-app'})).toBe('tandem demo');
});
