import { createHash, createHmac, hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Texts longer than this are rare and go the ordinary way. */
const TEXT_LENGTH_MAX = 1_000;
const UTF8_BYTES_PER_UNIT_MAX = 3;

/**
 * HMAC-SHA-256 of texts under one key, made of two one-shot hashes: 1.5 µs where `createHmac`, which makes an object
 * and a stream of each call, takes 3.8. Ids take three of them. The digest comes as text, one character a byte, since
 * a Buffer of 32 bytes would cost as much again.
 */
export class KeyedDigest {
  private readonly inner: Buffer;
  private readonly outer: Buffer;

  constructor(private readonly key: string) {
    const bytes = Buffer.from(key);
    const short = bytes.length > BLOCK_BYTES ? createHash('sha256').update(bytes).digest() : bytes;
    this.inner = Buffer.alloc(BLOCK_BYTES + TEXT_LENGTH_MAX * UTF8_BYTES_PER_UNIT_MAX, 0x36);
    this.outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
    short.forEach((byte, at) => {
      this.inner[at] = byte ^ 0x36;
      this.outer[at] = byte ^ 0x5c;
    });
  }

  /** 32 characters, each a byte (latin1). */
  of(text: string): string {
    if (text.length > TEXT_LENGTH_MAX) return createHmac('sha256', this.key).update(text).digest('binary');
    const length = this.inner.write(text, BLOCK_BYTES);
    this.outer.write(hash('sha256', this.inner.subarray(0, BLOCK_BYTES + length), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.outer, 'binary');
  }
}
