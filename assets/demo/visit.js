// Requests a page and prints what came: `node visit.js http://localhost:4173/login/ada`.
const response = await fetch(process.argv[2]);
console.log(response.status, response.statusText);
console.log((await response.text()).trim());
process.exitCode = response.ok ? 0 : 1;
