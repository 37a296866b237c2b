// Packs the project into dist/, slowly enough to be watched.
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {gzipSync} from 'node:zlib';

const files = ['server.js', 'login.js', 'accounts.js', 'accounts.json', 'visit.js', 'build.js'];
const stepMs = 1_000;

await mkdir(new URL('./dist/', import.meta.url), {recursive: true});
for (const [index, name] of files.entries()) {
  await pause(stepMs);
  const text = await readFile(new URL(name, import.meta.url));
  const packed = gzipSync(text);
  await writeFile(new URL(`./dist/${name}.gz`, import.meta.url), packed);
  console.log(`[${index + 1}/${files.length}] ${name}: ${text.length} bytes, packed ${packed.length}`);
}
console.log(`Built ${files.length} files into dist/.`);
