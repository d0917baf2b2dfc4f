/**
 * What a paper code proves (site.md 4.2 and 5): is it sealed by a key of the register for this very page, and is it
 * one that the register handed out? No field is compared: a former name on an old paper is right.
 */

import { bytesOfDigits, decodeCbor, hex, Unreadable } from "./cbor.js";

const SIGN1 = 18;
const [ALG, KID] = [1, 4];
/** EdDSA, and Ed25519 by its own number. */
const ALGORITHMS = [-8, -19];
const [EXP, NBF, IAT, CLAIM] = [4, 5, 6, -65537];
const VERSION = 1;
const CLAIMS = 11;
const LONGEST_NAME = 60;
const utf8 = new TextEncoder();

/** Take a code apart; throws `Unreadable` for anything but the one spelling of a code. */
export function readCode(bytes) {
  const outer = decodeCbor(bytes);
  const parts = outer?.tag === SIGN1 && Array.isArray(outer.value) ? outer.value : [];
  const [protectedHeader, unprotected, payload, signature] = parts;
  const isWhole =
    parts.length === 4 && hasKeys(unprotected, []) && [protectedHeader, payload, signature].every(isBytes);
  if (!isWhole || signature.length !== 64) throw new Unreadable("no COSE_Sign1");
  return { protectedHeader, payload, signature, kid: keyHint(protectedHeader), issuedAt: issuedAt(payload) };
}

const isBytes = (value) => value instanceof Uint8Array;
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isName = (value) => typeof value === "string" && utf8.encode(value).length <= LONGEST_NAME;
const hasKeys = (value, keys) => value instanceof Map && value.size === keys.length && keys.every((key) => value.has(key));

function keyHint(bytes) {
  const header = decodeCbor(bytes);
  const isOurs = hasKeys(header, [ALG, KID]) && ALGORITHMS.includes(header.get(ALG)) && isBytes(header.get(KID));
  if (!isOurs || header.get(KID).length !== 4) throw new Unreadable("another header");
  return hex(header.get(KID));
}

function issuedAt(bytes) {
  const payload = decodeCbor(bytes);
  const claims = hasKeys(payload, [EXP, NBF, IAT, CLAIM]) && payload.get(CLAIM);
  const isOurs =
    Array.isArray(claims) &&
    claims.length === CLAIMS &&
    claims[0] === VERSION &&
    [...claims.slice(0, -2), payload.get(EXP), payload.get(NBF), payload.get(IAT)].every(isCount) &&
    claims.slice(-2).every(isName);
  if (!isOurs) throw new Unreadable("another payload");
  return payload.get(IAT);
}

/** Return what was signed (RFC 9052 4.4), bound to the host and the page that the address names. */
export function signedBytes(code, host, id) {
  const bound = utf8.encode(`cse-qr-v1${host.toLowerCase()}${id.toLowerCase()}`);
  const parts = [head(4, 4), head(3, 10), utf8.encode("Signature1")];
  for (const part of [code.protectedHeader, bound, code.payload]) parts.push(head(2, part.length), part);
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Return the first bytes of a CBOR item whose number is below 65,536. */
function head(major, amount) {
  if (amount < 24) return [(major << 5) | amount];
  return amount < 256 ? [(major << 5) | 24, amount] : [(major << 5) | 25, amount >> 8, amount & 255];
}

/**
 * Return the result of a check: the name of the text that the page shows.
 * `signer` is the key that signed, or null; `knowsKey` whether the hint fits any key of ours; `isListed` whether
 * the register handed out these bytes, or null where it could not say. Nothing unknown is ever red or a match.
 */
export function decide({ signer, issuedAt, knowsKey, isListed }) {
  if (signer === null) return knowsKey ? "tampered" : "issuer_not_trusted";
  if (isListed === false) return "tampered";
  if (!(signer.from <= issuedAt && issuedAt < (signer.to ?? Infinity))) return "issuer_not_trusted";
  if (isListed !== true) return "not_compared";
  return signer.state === "compromised" ? "matches_withdrawn" : "matches";
}

/**
 * Check the digits of a paper code against `page`: `host` and `id` of its address, the `keys` and `digests` that
 * came with it (null where the register could not be read). Throws where this device cannot check at all.
 */
export async function checkPaper(digits, page, subtle = globalThis.crypto?.subtle) {
  let bytes, code;
  try {
    bytes = bytesOfDigits(digits);
    code = readCode(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return "code_unreadable";
    throw error;
  }
  if (page.keys === null) return "not_compared";
  const keys = await Promise.all(page.keys.map((key) => imported(key, subtle)));
  const signed = signedBytes(code, page.host, page.id);
  const digest = hex(new Uint8Array(await subtle.digest("SHA-256", bytes)));
  return decide({
    signer: await signerOf(code, signed, keys, subtle),
    issuedAt: code.issuedAt,
    knowsKey: keys.some((key) => key.kid === code.kid),
    isListed: page.digests && page.digests.includes(digest),
  });
}

/** Import one key; throws where the browser does not know Ed25519. */
async function imported(key, subtle) {
  const raw = Uint8Array.from(key.x.match(/../g), (pair) => parseInt(pair, 16));
  const verifier = await subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  const kid = hex(new Uint8Array(await subtle.digest("SHA-256", raw)).subarray(0, 4));
  return { ...key, verifier, kid };
}

/** Return the first key that signed: the hint in the code does not count, it could be anybody's. */
async function signerOf(code, signed, keys, subtle) {
  for (const key of keys) {
    if (await subtle.verify({ name: "Ed25519" }, key.verifier, code.signature, signed)) return key;
  }
  return null;
}
