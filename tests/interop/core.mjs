// Verify certificates with @digitalcredentials/verifier-core, the engine of VerifierPlus, against a served register.
//
//   NODE_EXTRA_CA_CERTS=ca.pem node core.mjs [--now ISO] BASE_URL CERT.json [CERT2.json ...]
//
// Prints one JSON line per certificate; ends with 0, or with 3 on wrong use. "steps" are the answers of that library by
// name; "schema" is its informative look at our JSON Schema; "errors" are the names of what made it give up.
// Everything it needs it fetches itself, over https, from the register: it takes no loader.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { verifyCredential } from '@digitalcredentials/verifier-core';
import { versions } from './versions.mjs';

const PACKAGES = ['@digitalcredentials/verifier-core', '@digitalcredentials/vc', '@digitalcredentials/jsonld'];
const USAGE = 'usage: core.mjs [--now ISO] BASE_URL CERT.json [CERT.json ...]';

/** Stop the clock at `now`: this library takes no moment and reads the wall clock. */
function stopClock(now) {
  const Clock = globalThis.Date;
  globalThis.Date = class extends Clock {
    constructor(...given) {
      super(...(given.length === 0 ? [now] : given));
    }

    static now() {
      return now;
    }
  };
}

/** Verify the certificate in `file` and describe the answer. */
async function verifyFile(file, knownDIDRegistries) {
  const credential = JSON.parse(await readFile(file, 'utf8'));
  const { log = [], errors = [], additionalInformation = [] } = await verifyCredential({ credential, knownDIDRegistries });
  const looks = additionalInformation.find(({ id }) => id === 'schema_check')?.results;
  return {
    file,
    steps: Object.fromEntries(log.map(({ id, valid }) => [id, valid ?? null])),
    schema: Array.isArray(looks) ? looks.every(({ result }) => result.valid) : null,
    errors: errors.map(({ name }) => name)
  };
}

/** Judge every certificate named on the command line. */
async function main() {
  const { values, positionals } = parseArgs({ options: { now: { type: 'string' } }, allowPositionals: true });
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  const [baseUrl, ...files] = positionals;
  if (files.length === 0 || Number.isNaN(now)) {
    throw new Error(USAGE);
  }
  stopClock(now);
  // The libraries write what they met to the console; the answers alone go to the output.
  const print = console.log;
  console.log = console.error;
  const registries = [{ name: 'CSE', type: 'dcc-legacy', url: `${baseUrl}/trust/registry.json` }];
  const used = await versions(PACKAGES);
  for (const file of files) {
    print(JSON.stringify({ ...(await verifyFile(file, registries)), versions: used }));
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 3;
});
