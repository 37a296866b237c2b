// The customers of the shop.
import {readFile} from 'node:fs/promises';

export const findAccount = async name => {
  const accounts = JSON.parse(await readFile(new URL('./accounts.json', import.meta.url), 'utf8'));
  return accounts[name] ?? {name: 'stranger', lastOrder: 'none yet'};
};
