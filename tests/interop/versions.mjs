// The installed version of each library, so that an answer names what gave it.
import { readFile } from 'node:fs/promises';

/** Read the versions of `packages` from the lock file. */
export async function versions(packages) {
  const lock = JSON.parse(await readFile(new URL('./package-lock.json', import.meta.url), 'utf8'));
  const entries = packages.map((name) => [name, lock.packages[`node_modules/${name}`].version]);
  return { node: process.version, ...Object.fromEntries(entries) };
}
