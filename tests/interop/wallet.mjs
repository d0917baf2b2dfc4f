// Read, present and issue SD-JWT VC with @sd-jwt/sd-jwt-vc, which shares no code with the register.
//
//   node wallet.mjs PUBLISH_DIR JOB.json [JOB2.json ...]
//
// A job is {"do": "verify", "token", "now", "nonce"?, "required"?, "list"?}, {"do": "present", "token", "show",
// "holder", "said"}, {"do": "issue", "claims", "hidden", "key"}, {"do": "status", "list", "indexes"} or
// {"do": "metadata"}. Keys, lists and type metadata are those of the published folder; no connection is opened.
// Prints one JSON line per job; ends with 0, or with 3 on wrong use.
import { ECDH } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ES256, digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { StatusList, getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance, TypeMetadataFormatSchema } from '@sd-jwt/sd-jwt-vc';
import { versions } from './versions.mjs';

const PACKAGES = ['@sd-jwt/sd-jwt-vc', '@sd-jwt/crypto-nodejs', '@sd-jwt/jwt-status-list'];
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const CONFIG = { hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, signAlg: ES256.alg };

/** Turn a P-256 key in Multikey form into a JWK: the status key stands in the DID document alone. */
function jwkOfMultikey(text) {
  const number = [...text.slice(1)].reduce((sum, digit) => sum * 58n + BigInt(BASE58.indexOf(digit)), 0n);
  const bytes = Buffer.from(number.toString(16).padStart(70, '0'), 'hex');
  const point = ECDH.convertKey(bytes.subarray(2), 'prime256v1', undefined, undefined, 'uncompressed');
  return { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
}

/** Read what is published: the keys of JOSE readers, the DID document, a Token Status List. */
async function published(folder) {
  const text = (path) => readFile(join(folder, path), 'utf8');
  const issuer = JSON.parse(await text('.well-known/jwt-vc-issuer'));
  const did = JSON.parse(await text('.well-known/did.json'));
  const kidOf = (signed) => JSON.parse(Buffer.from(signed.split('.')[0], 'base64url')).kid;
  const key = (kid) => issuer.jwks.keys.find((one) => one.kid === kid);
  const method = (kid) => did.verificationMethod.find(({ id }) => id === kid);
  const verifier = (jwkOf) => async (data, signature) => (await ES256.getVerifier(jwkOf(kidOf(data))))(data, signature);
  return {
    issue: verifier(key),
    status: verifier((kid) => jwkOfMultikey(method(kid).publicKeyMultibase)),
    list: async (url) => (await text(new URL(url).pathname.slice(1))).trim(),
    metadata: async () => JSON.parse(await text('vct/engineer-registration/v1'))
  };
}

const JOBS = {
  /** Verify a token as the library does, the copy's status with it. */
  async verify(job, found) {
    const instance = new SDJwtVcInstance({
      ...CONFIG,
      verifier: found.issue,
      kbVerifier: async (data, signature, payload) => (await ES256.getVerifier(payload.cnf.jwk))(data, signature),
      statusListFetcher: async (url) => job.list ?? found.list(url),
      statusVerifier: found.status,
      statusValidator: async (value) => {
        if (value !== 0) {
          throw new Error(`status ${value}`);
        }
      }
    });
    const { payload } = await instance.verify(job.token, {
      currentDate: job.now, requiredClaimKeys: job.required, keyBindingNonce: job.nonce
    });
    return { claims: Object.keys(payload).sort() };
  },

  /** Show some claims and bind the presentation with the holder's key. */
  async present(job) {
    const instance = new SDJwtVcInstance({ ...CONFIG, kbSigner: await ES256.getSigner(job.holder), kbSignAlg: ES256.alg });
    const shown = Object.fromEntries(job.show.map((name) => [name, true]));
    return { token: await instance.present(job.token, shown, { kb: { payload: job.said } }) };
  },

  /** Issue an SD-JWT VC with this library and a key of the job. */
  async issue(job) {
    const instance = new SDJwtVcInstance({ ...CONFIG, signer: await ES256.getSigner(job.key) });
    return { token: await instance.issue(job.claims, { _sd: job.hidden }, { header: job.header }) };
  },

  /** Read entries of a Token Status List, whoever signed it. */
  async status(job, found) {
    const list = getListFromStatusListJWT(await found.list(job.list));
    return { values: job.indexes.map((index) => list.getStatus(index)), isList: list instanceof StatusList };
  },

  /** Hold the type metadata against the schema of the library. */
  async metadata(job, found) {
    const { success, error } = TypeMetadataFormatSchema.safeParse(await found.metadata());
    return { valid: success, issues: error?.issues ?? [] };
  }
};

/** Do one job; what the library refuses is an answer. */
async function run(file, found) {
  const job = JSON.parse(await readFile(file, 'utf8'));
  try {
    return { ...(await JOBS[job.do](job, found)), refused: null };
  } catch (error) {
    return { refused: error.message };
  }
}

/** Do every job named on the command line. */
async function main() {
  const [folder, ...files] = process.argv.slice(2);
  if (files.length === 0) {
    throw new Error('usage: wallet.mjs PUBLISH_DIR JOB.json [JOB.json ...]');
  }
  globalThis.fetch = () => { throw new Error('network access is refused'); };
  const found = await published(folder);
  const used = await versions(PACKAGES);
  for (const file of files) {
    console.log(JSON.stringify({ ...(await run(file, found)), versions: used }));
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 3;
});
