// A small shop on the web: `node server.js`. It takes the first free port from 4173 on, or PORT.
import {statSync} from 'node:fs';
import {createServer} from 'node:http';

const routes = {
  home: () => 'Welcome to the corner shop.',
  login: async name => (await load('login')).login(name),
};

/** A route's file is loaded anew when it has changed, so that a fix needs no restart. */
const load = name => {
  const file = new URL(`./${name}.js`, import.meta.url);
  return import(`${file}?changed=${statSync(file).mtimeMs}`);
};

/** Without the folders: `at login (login.js:6:28)`. */
const shortStack = ({stack}) =>
  stack
    .replaceAll(new URL('./', import.meta.url).href, '')
    .replaceAll(/\?changed=[\d.]+/g, '')
    .split('\n')
    .slice(0, 3)
    .join('\n');

const server = createServer(async (request, response) => {
  const [, page = '', argument = ''] = decodeURI(request.url).split('/');
  const route = routes[page || 'home'];
  try {
    response.statusCode = route ? 200 : 404;
    response.end(route ? `${await route(argument)}\n` : 'There is no such page.\n');
  } catch (error) {
    response.statusCode = 500;
    response.end('The shop had an error. See its log.\n');
    console.error(shortStack(error));
  }
  console.log(`${request.method} ${request.url} ${response.statusCode}`);
});

let port = Number(process.env.PORT ?? 4173);
const lastTried = port + 50;
server.on('error', error => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.log(`Port ${port} is taken.`);
  port = port < lastTried ? port + 1 : 0; // 0: any that the system has
  server.listen(port, '127.0.0.1');
});
server.on('listening', () => console.log(`The shop is open: http://localhost:${server.address().port}`));
server.listen(port, '127.0.0.1');
