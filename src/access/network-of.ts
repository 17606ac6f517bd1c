import { isIPv6 } from 'node:net';
import type { Caller } from './caller.js';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** What a provider gives to one customer at least: whoever has one IPv6 address has 2^64 of them. */
const IPV6_GROUPS = 4;

/** What is counted for an address: itself for IPv4, its /64 network for IPv6. */
export function networkOf(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [plain = ''] = address.split('%', 1);
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, IPV6_GROUPS);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** The network by which a caller is limited; null for those with a key, since all streams of a shop may come from one address. */
export function limitedNetworkOf(caller: Caller, address: string): string | null {
  return 'keyId' in caller ? null : networkOf(address);
}
