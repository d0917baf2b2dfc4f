// Canonicalize JSON-LD documents with jsonld.js in safe mode, as the Data Integrity suites of @digitalbazaar do.
//
//   node canonize.mjs CONTEXTS.json DOCUMENTS.json
//
// CONTEXTS.json maps an address to its context, DOCUMENTS.json is an array; no other address is ever read.
// Prints one JSON line per document: "nquads", or "error" with the name of what safe mode met.
import { readFile } from 'node:fs/promises';
import jsonld from 'jsonld';
import { versions } from './versions.mjs';

const USAGE = 'usage: canonize.mjs CONTEXTS.json DOCUMENTS.json';

/** Name what stopped jsonld.js: the event of safe mode, else the error code of JSON-LD, else the message. */
function nameOf(error) {
  const { event, code, cause } = error.details ?? {};
  return event?.code ?? code ?? (cause ? nameOf(cause) : error.cause ? nameOf(error.cause) : error.message);
}

/** Canonicalize one document. */
async function canonize(document, documentLoader) {
  try {
    const canonizeOptions = { algorithm: 'RDFC-1.0', maxWorkFactor: 3 };
    const options = { documentLoader, base: null, safe: true, rdfDirection: 'i18n-datatype', canonizeOptions };
    return { nquads: await jsonld.canonize(document, options) };
  } catch (error) {
    return { error: nameOf(error) };
  }
}

/** Canonicalize every document of the file named on the command line. */
async function main() {
  if (process.argv.length !== 4) {
    throw new Error(USAGE);
  }
  globalThis.fetch = () => { throw new Error('network access is refused'); };
  const [contexts, documents] = await Promise.all(process.argv.slice(2).map(async (file) => JSON.parse(await readFile(file, 'utf8'))));
  const load = async (url) => {
    if (!Object.hasOwn(contexts, url)) {
      throw new Error(`unknown context: ${url}`);
    }
    return { contextUrl: null, documentUrl: url, document: contexts[url] };
  };
  const used = await versions(['jsonld', 'rdf-canonize']);
  for (const document of documents) {
    console.log(JSON.stringify({ ...(await canonize(document, load)), versions: used }));
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 3;
});
