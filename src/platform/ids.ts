import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Bytes from here on are drawn again: 256 is no multiple of 36, and taking them modulo would favour some letters. */
const BYTE_LIMIT = 256 - (256 % ALPHABET.length);

/** `length` characters of [a-z0-9], each equally likely, from the system's random source. */
export function randomChars(length: number): string {
  let chars = '';
  while (chars.length < length) {
    for (const byte of randomBytes(length - chars.length)) {
      if (byte < BYTE_LIMIT) chars += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return chars;
}

/** An id such as `sku_4fz0k1r8w2ab`: the prefix, an underscore, `length` random characters of [a-z0-9]. */
export function randomId(prefix: string, length: number): string {
  return `${prefix}_${randomChars(length)}`;
}
