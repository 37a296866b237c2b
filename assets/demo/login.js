// Greets a customer who logs in.
import {findAccount} from './accounts.js';

export const login = async name => {
  const account = findAccount(name);
  const greeting = `Welcome back, ${account.name.trim()}!`;
  return `${greeting} Your last order: ${account.lastOrder}.`;
};
