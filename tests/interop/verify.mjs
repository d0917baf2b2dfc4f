// Verify certificates with @digitalbazaar/vc, which shares no code with the register.
//
//   node verify.mjs [--contexts DIR] [--status] [--now ISO] PUBLISH_DIR BASE_URL CERT.json [CERT2.json ...]
//
// With "-" for PUBLISH_DIR the documents are fetched from BASE_URL; otherwise no connection is opened.
// Prints one JSON line per certificate; ends with 0, or with 3 on wrong use, and with 0 on a revoked certificate too:
// "not_checked" says what the answer leaves out. "verified" is the
// answer of that library: one good proof of the issuer is enough for it. "assertion" under "proofs" tells of each
// eddsa-rdfc-2022 proof alone whether its key signed the certificate: this is how the society's proof is looked at.
// It knows no eddsa-jcs-2022, so those proofs are listed as "unsupported".
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as vc from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import jsigs from 'jsonld-signatures';
import { registerLoader } from './loader.mjs';
import { versions } from './versions.mjs';

const PACKAGES = [
  '@digitalbazaar/vc', '@digitalbazaar/data-integrity', '@digitalbazaar/eddsa-rdfc-2022-cryptosuite',
  '@digitalbazaar/vc-bitstring-status-list', 'jsonld-signatures', 'jsonld'
];
const NOT_CHECKED = '"verified" is one good proof of the issuer: set status bits (see "status"), the society, both jcs proofs,'
  + ' the trust list and the register change nothing in it';
const USAGE = 'usage: verify.mjs [--contexts DIR] [--status] [--now ISO] PUBLISH_DIR|- BASE_URL CERT.json [CERT.json ...]';

/** Flatten the nested errors of these libraries to their messages, each once. */
function messages(error) {
  if (error === undefined || error === null) {
    return [];
  }
  const all = [error].flat().flatMap((one) => {
    const within = [one.errors, one.cause, one.details?.cause].flat().filter(Boolean);
    return [one.message, ...within.flatMap(messages)];
  });
  return [...new Set(all.filter(Boolean))];
}

const suite = () => new DataIntegrityProof({ cryptosuite });

/** Look up what a verification said of `proof`. */
function resultOf(outcome, proof) {
  return (outcome.results ?? []).find(({ proof: other }) => other?.proofValue === proof.proofValue
    && other.verificationMethod === proof.verificationMethod);
}

/** Tell, proof by proof, what the credential check and the bare assertion check said. */
function describeProofs(credential, outcome, assertion) {
  return [credential.proof ?? []].flat().map((proof) => {
    const named = { verificationMethod: proof.verificationMethod, cryptosuite: proof.cryptosuite };
    if (proof.cryptosuite !== cryptosuite.name) {
      return { ...named, verified: 'unsupported', assertion: 'unsupported', errors: [] };
    }
    const asIssuer = resultOf(outcome, proof);
    const alone = resultOf(assertion, proof);
    return {
      ...named,
      // null: the library refused before it came to the proofs, for example because of the dates.
      verified: asIssuer?.verified ?? null,
      assertion: alone?.verified ?? null,
      errors: messages(asIssuer?.error ?? alone?.error)
    };
  });
}

/**
 * Verify the status lists at the moment asked for, then read the bits.
 *
 * The status library judges a list by the wall clock only; so the lists are verified here and it is told not to.
 */
async function readStatus({ credential, documentLoader, now }) {
  for (const { statusListCredential: url } of [credential.credentialStatus].flat()) {
    const { document } = await documentLoader(url);
    const answer = await vc.verifyCredential({ credential: document, suite: suite(), documentLoader, now });
    if (!answer.verified) {
      return { verified: false, error: new Error(`status list not verified: ${url}: ${messages(answer.error).join('; ')}`) };
    }
  }
  return checkStatus({ credential, suite: suite(), documentLoader, verifyBitstringStatusListCredential: false });
}

/** Verify one certificate and describe the answer. */
async function verifyOne(credential, { documentLoader, now, withStatus }) {
  const statusCheck = withStatus ? () => readStatus({ credential, documentLoader, now }) : async () => ({ verified: true });
  const outcome = await vc.verifyCredential({ credential, suite: suite(), documentLoader, now, checkStatus: statusCheck });
  const purpose = new jsigs.purposes.AssertionProofPurpose();
  const assertion = await jsigs.verify(credential, { suite: suite(), purpose, documentLoader });
  const status = (outcome.statusResult?.results ?? []).map((one) => ({
    purpose: one.credentialStatus.statusPurpose, set: one.status
  }));
  return {
    verified: outcome.verified,
    proofs: describeProofs(credential, outcome, assertion),
    errors: outcome.verified ? [] : messages(outcome.error ?? outcome.statusResult?.error),
    status: withStatus ? status : null
  };
}

/** Verify the certificate in `file`; what cannot be read is refused, and stops no other. */
async function verifyFile(file, options) {
  try {
    return { file, ...(await verifyOne(JSON.parse(await readFile(file, 'utf8')), options)) };
  } catch (error) {
    return { file, verified: false, proofs: [], errors: messages(error), status: null };
  }
}

/** Read the arguments; wrong use ends the process with 3. */
function readArguments() {
  const options = { contexts: { type: 'string' }, status: { type: 'boolean' }, now: { type: 'string' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const now = values.now === undefined ? new Date() : new Date(values.now);
  if (positionals.length < 3 || Number.isNaN(now.getTime())) {
    throw new Error(USAGE);
  }
  const [publishDir, baseUrl, ...files] = positionals;
  const contextsDir = values.contexts ?? fileURLToPath(new URL('../../schemas/data/published', import.meta.url));
  if (publishDir !== '-') {
    // A second lock on the network, should a library forget the loader.
    globalThis.fetch = () => { throw new Error('network access is refused'); };
  }
  return { files, now, withStatus: values.status === true, documentLoader: registerLoader({ publishDir, baseUrl, contextsDir }) };
}

/** Judge every certificate named on the command line. */
async function main() {
  const { files, ...options } = readArguments();
  const used = await versions(PACKAGES);
  for (const file of files) {
    console.log(JSON.stringify({ ...(await verifyFile(file, options)), not_checked: NOT_CHECKED, versions: used }));
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 3;
});
