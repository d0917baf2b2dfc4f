// A document loader that reads one register and nothing else: its published folder, or its served address.
//
// DID documents, their verification methods, our contexts and the status lists come from the register; contexts of W3C
// and 1EdTech from a folder of pinned copies. Any other address is refused.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const PINNED = new Map([
  ['https://www.w3.org/ns/credentials/v2', 'credentials-v2.json'],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json', 'ob-context-3.0.3.json'],
  ['https://w3id.org/security/data-integrity/v2', 'data-integrity-v2.json'],
  ['https://w3id.org/security/multikey/v1', 'multikey-v1.json'],
  ['https://www.w3.org/ns/did/v1', 'did-v1.json']
]);

const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'));

/** Return the file of `urlPath` under `folder`; a path that leaves the folder is refused. */
function inside(folder, urlPath) {
  const root = path.resolve(folder);
  const file = path.resolve(root, '.' + path.posix.normalize('/' + decodeURIComponent(urlPath)));
  if (!file.startsWith(root + path.sep)) {
    throw new Error(`address leaves the published folder: ${urlPath}`);
  }
  return file;
}

/** Return the URL path of the document of a did:web DID that belongs to `baseUrl` (did:web, "Read"). */
function didPath(did, baseUrl) {
  const [, method, host, ...segments] = did.split(':');
  if (method !== 'web' || decodeURIComponent(host ?? '') !== new URL(baseUrl).host) {
    throw new Error(`not a DID of ${baseUrl}: ${did}`);
  }
  return segments.length === 0 ? '/.well-known/did.json' : `/${segments.join('/')}/did.json`;
}

/** Return the verification method `id` out of its DID document, with the document's contexts. */
function methodOf(document, id) {
  const method = (document.verificationMethod ?? []).find((entry) => entry.id === id);
  if (method === undefined) {
    throw new Error(`no such verification method: ${id}`);
  }
  return { '@context': document['@context'], ...method };
}

const fetched = new Map();

/** Fetch a document of a served register, once; whoever redirects is refused. */
async function fetchJson(url) {
  if (!fetched.has(url)) {
    const answer = await fetch(url, { redirect: 'error' });
    if (!answer.ok) {
      throw new Error(`${url} answers ${answer.status}`);
    }
    fetched.set(url, await answer.text());
  }
  return JSON.parse(fetched.get(url));
}

/** Build the loader for one register: the folder `publishDir`, or `-` for what is served at `baseUrl`. */
export function registerLoader({ publishDir, baseUrl, contextsDir }) {
  const base = baseUrl.replace(/\/$/, '');
  const read = publishDir === '-' ? (urlPath) => fetchJson(base + urlPath) : (urlPath) => readJson(inside(publishDir, urlPath));
  async function fetchDocument(url) {
    if (PINNED.has(url)) {
      return readJson(path.join(contextsDir, PINNED.get(url)));
    }
    if (url.startsWith('did:')) {
      const [did, fragment] = url.split('#');
      const document = await read(didPath(did, base));
      return fragment === undefined ? document : methodOf(document, url);
    }
    if (url.startsWith(base + '/')) {
      return read(new URL(url).pathname);
    }
    throw new Error(`not in the published folder and never fetched: ${url}`);
  }
  return async (url) => ({ contextUrl: null, documentUrl: url, document: await fetchDocument(url) });
}
