// Time @digitalbazaar/vc on one certificate: CPU time of its two rdfc proofs, issued and verified.
//
//   node bench.mjs PUBLISH_DIR BASE_URL CERT.json
//
// Prints {"issue": ms, "verify": ms}, medians. Contexts and DID documents are local, the status is not looked at.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { registerLoader } from './loader.mjs';

const [publishDir, baseUrl, file] = process.argv.slice(2);
const contextsDir = fileURLToPath(new URL('../../schemas/data/published', import.meta.url));
const files = registerLoader({ publishDir, baseUrl, contextsDir });
const known = new Map();
const documentLoader = async (url) => {
  if (!known.has(url)) {
    known.set(url, await files(url));
  }
  return known.get(url);
};
const signed = JSON.parse(await readFile(file, 'utf8'));
const { proof, ...unsigned } = signed;
const now = new Date(Date.parse(signed.validFrom) + 1000);
const own = proof.filter((one) => one.cryptosuite === cryptosuite.name);
const key = await Ed25519Multikey.generate({ id: own[0].verificationMethod, controller: signed.issuer.id });

/** Return the median CPU time of `call` in milliseconds. */
async function timed(call, calls = 60) {
  const taken = [];
  for (let round = 0; round < calls + 10; round += 1) {
    const before = process.cpuUsage();
    await call();
    const { user, system } = process.cpuUsage(before);
    taken.push((user + system) / 1000);
  }
  return taken.slice(10).sort((a, b) => a - b)[Math.floor(calls / 2)];
}

async function issueTwice() {
  for (let count = 0; count < 2; count += 1) {
    const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
    await vc.issue({ credential: structuredClone(unsigned), suite, documentLoader, now });
  }
}

async function verifyBoth() {
  const suite = new DataIntegrityProof({ cryptosuite });
  const credential = { ...unsigned, proof: own };
  const answer = await vc.verifyCredential({ credential, suite, documentLoader, now, checkStatus: async () => ({ verified: true }) });
  if (!answer.verified) {
    throw answer.error;
  }
}

console.log(JSON.stringify({ issue: await timed(issueTwice), verify: await timed(verifyBoth) }));
