// Verify proof sets, proof chains and presentations by did:key with jsonld-signatures, which shares no code with ours.
//
//   node proofs.mjs CONTEXTS.json DOCUMENTS.json
//
// CONTEXTS.json maps an address to its context, DOCUMENTS.json is an array; no other address is ever read. A presentation
// is asked for challenge "5fd2" and domain "employer.example", of which that library needs both. Prints one JSON line per
// document: "verified", and of each proof whether it is good.
import { readFile } from 'node:fs/promises';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import jsigs from 'jsonld-signatures';
import { versions } from './versions.mjs';

const USAGE = 'usage: proofs.mjs CONTEXTS.json DOCUMENTS.json';
const { AssertionProofPurpose, AuthenticationProofPurpose } = jsigs.purposes;

/** Return the DID document of a did:key, or the one key in it if the address has a fragment. */
function didKey(url) {
  const [did, fragment] = url.split('#');
  const name = did.slice('did:key:'.length);
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id: `${did}#${name}`, type: 'Multikey', controller: did, publicKeyMultibase: name
  };
  const document = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id]
  };
  return fragment === undefined ? document : method;
}

/** Choose the purpose that the document needs. */
function purposeOf(document) {
  const isPresentation = [document.type].flat().includes('VerifiablePresentation');
  return isPresentation
    ? new AuthenticationProofPurpose({ challenge: '5fd2', domain: 'employer.example' })
    : new AssertionProofPurpose();
}

/** Verify every document of the file named on the command line. */
async function main() {
  if (process.argv.length !== 4) {
    throw new Error(USAGE);
  }
  globalThis.fetch = () => { throw new Error('network access is refused'); };
  const [contexts, documents] = await Promise.all(process.argv.slice(2).map(async (file) => JSON.parse(await readFile(file, 'utf8'))));
  const documentLoader = async (url) => {
    if (!url.startsWith('did:key:') && !Object.hasOwn(contexts, url)) {
      throw new Error(`unknown address: ${url}`);
    }
    return { contextUrl: null, documentUrl: url, document: contexts[url] ?? didKey(url) };
  };
  const used = await versions(['jsonld-signatures', '@digitalbazaar/data-integrity']);
  for (const document of documents) {
    const suite = new DataIntegrityProof({ cryptosuite });
    const outcome = await jsigs.verify(document, { suite, purpose: purposeOf(document), documentLoader });
    const proofs = (outcome.results ?? []).map(({ verified }) => verified);
    console.log(JSON.stringify({ verified: outcome.verified, proofs, versions: used }));
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 3;
});
