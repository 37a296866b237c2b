// A small web project with a bug in its login route, on a port that is free and outside the ephemeral range.
import {writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';

export const writeWebProject = async (folder: string) => {
	const port = await freePort();
	writeFileSync(
		join(folder, 'login.js'),
		`exports.login = async () => {\n\tconst session = undefined;\n\treturn session.user;\n};\n`,
	);
	writeFileSync(
		join(folder, 'server.js'),
		`const http = require('http');
const server = http.createServer(async (request, response) => {
	delete require.cache[require.resolve('./login.js')];
	try {
		const answer = request.url === '/login' ? await require('./login.js').login() : 'hello';
		console.log(request.method, request.url, 200);
		response.end(String(answer));
	} catch (error) {
		console.log(request.method, request.url, 500, error.message);
		response.statusCode = 500;
		response.end('broken');
	}
});
server.listen(${port}, '127.0.0.1', () => console.log('ready on ' + server.address().port));
`,
	);
	writeFileSync(join(folder, 'package.json'), `{"name":"my-app","scripts":{"dev":"node server.js"}}\n`);
	return {port, url: `http://127.0.0.1:${port}`};
};

/** A free port below the range that the kernel gives to outgoing connections. */
export const freePort = async (): Promise<number> => {
	for (let attempt = 0; attempt < 100; attempt++) {
		const port = 12_000 + Math.floor(Math.random() * 18_000);
		if (await isFree(port)) return port;
	}
	throw new Error('no free port found');
};

const isFree = (port: number): Promise<boolean> =>
	new Promise(resolve => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
