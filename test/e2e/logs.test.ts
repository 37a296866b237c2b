// Reading, restarting, naming and copying terminals by slash commands, on real ones.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {setStage} from '../support/stage.js';
import {keys} from '../support/tandem.js';

const stage = setStage();

test('/logs follows a running terminal, searches what it printed, and reads it after its end', async () => {
	const tandem = await stage.open({cols: 80, rows: 24});
	await tandem.submit('!seq 1 2000; until [ -e go ]; do sleep 0.1; done; echo Finally; sleep 1000');
	await tandem.sees(/└ 2000/);
	await tandem.submit('/logs');
	await tandem.sees(/log of seq \(1\) · running · lines \d+–2000 of 2000, the end/);
	writeFileSync(join(stage.place.folder, 'go'), '');
	await tandem.sees(/2001 {2}Finally/);
	tandem.type('/');
	await tandem.sees(' search: ');
	tandem.type('^77$\r');
	await tandem.sees(/▸ {2}77 {2}77/);
	tandem.type('/(\r');
	await tandem.sees('no earlier match for (');
	tandem.type(keys.escape);
	await tandem.loses('log of seq');
	await tandem.submit('/stop 1');
	await tandem.sees(/SIGTERM/);
	await tandem.submit('/logs 1');
	await tandem.sees(/2001 {2}Finally/);
});

test('/restart runs the same command again, and /copy hands its output to the terminal', async () => {
	const tandem = await stage.open({env: {TMUX: '', DISPLAY: '', WAYLAND_DISPLAY: ''}});
	await tandem.submit('!echo "run $(ls | wc -l)"; touch made');
	await tandem.sees(/exit 0[\s\S]*└ run 0/);
	await tandem.submit('/restart 1');
	await tandem.sees(/is terminal 2/);
	await tandem.sees(/run 1/);
	await tandem.submit('/copy 2');
	await tandem.sees('Copied 1 line of');
	const encoded = Buffer.from('run 1').toString('base64');
	expect(tandem.bytes().toString()).toContain(`\x1b]52;c;${encoded}\x1b\\`);
});
