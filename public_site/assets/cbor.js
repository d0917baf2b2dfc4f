/**
 * Digits and CBOR of a paper code (site.md 5), read strictly: each value has one spelling and no other is read.
 * Pure: no page, no network. Whatever is not that one spelling throws `Unreadable`.
 */

/** The digits or bytes are no paper code; it says nothing about the certificate. */
export class Unreadable extends Error {}

/** What a QR of version 12 can hold at the lowest correction, in bytes: no genuine code is longer. */
export const LONGEST_CODE = 319;

/** Decimal digits for 0 to 7 bytes. */
const WIDTHS = [0, 3, 5, 8, 10, 13, 15, 17];
const GROUP = 17;
const DEPTH = 6;

/** Return the bytes that a text of decimal digits stands for. */
export function bytesOfDigits(digits) {
  if (!/^[0-9]+$/.test(digits)) throw new Unreadable("not decimal digits");
  const bytes = [];
  for (let start = 0; start < digits.length; start += GROUP) {
    const group = digits.slice(start, start + GROUP);
    const size = WIDTHS.indexOf(group.length);
    const value = BigInt(group);
    if (size < 1 || value >> BigInt(8 * size)) throw new Unreadable("a length or value that no bytes have");
    for (let left = size - 1; left >= 0; left -= 1) bytes.push(Number((value >> BigInt(8 * left)) & 255n));
    if (bytes.length > LONGEST_CODE) throw new Unreadable("longer than any code");
  }
  return Uint8Array.from(bytes);
}

/** Return the one CBOR item that fills `bytes`: numbers, texts, `Uint8Array`, arrays, `Map`, `{tag, value}`. */
export function decodeCbor(bytes) {
  const reader = { bytes, at: 0 };
  const value = item(reader, 1);
  if (reader.at !== bytes.length) throw new Unreadable("something after the end");
  return value;
}

function item(reader, depth) {
  if (depth > DEPTH) throw new Unreadable("too deep");
  const first = take(reader, 1)[0];
  const amount = argument(reader, first & 31);
  switch (first >> 5) {
    case 0:
      return amount;
    case 1:
      return -1 - amount;
    case 2:
      return take(reader, amount);
    case 3:
      return text(take(reader, amount));
    case 4:
      return items(reader, amount, depth);
    case 5:
      return map(reader, amount, depth);
    case 6:
      return { tag: amount, value: item(reader, depth + 1) };
    default:
      throw new Unreadable("a kind of value that no code has");
  }
}

/** Read the number that follows the first byte: in its shortest form, and never "until a stop sign". */
function argument(reader, low) {
  if (low < 24) return low;
  if (low > 27) throw new Unreadable("indefinite or reserved");
  const size = 1 << (low - 24);
  let value = 0n;
  for (const byte of take(reader, size)) value = (value << 8n) | BigInt(byte);
  const isShortest = size === 1 ? value > 23n : value >> BigInt(4 * size) > 0n;
  if (!isShortest || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unreadable("not the shortest form");
  return Number(value);
}

function take(reader, amount) {
  const end = reader.at + amount;
  if (end > reader.bytes.length) throw new Unreadable("cut short");
  const part = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return part;
}

function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable("not UTF-8");
  }
}

function items(reader, amount, depth) {
  const found = [];
  for (let count = 0; count < amount; count += 1) found.push(item(reader, depth + 1));
  return found;
}

/** Read a map whose keys stand in the order of their bytes, each once (RFC 8949 4.2.1). */
function map(reader, amount, depth) {
  const found = new Map();
  let last = "";
  for (let count = 0; count < amount; count += 1) {
    const start = reader.at;
    const key = item(reader, depth + 1);
    const spelled = hex(reader.bytes.subarray(start, reader.at));
    if (spelled <= last) throw new Unreadable("keys out of order or repeated");
    last = spelled;
    found.set(key, item(reader, depth + 1));
  }
  return found;
}

/** Return `bytes` in lower-case hex. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
