import { networkOf } from '../../src/access/network-of.js';
import { isOrigin, isProxyAddress } from '../../src/platform/network-names.js';

describe('what is counted for an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('%s: %s', (address, counted) => {
    expect(networkOf(address)).toBe(counted);
  });
});

describe('a proxy', () => {
  it.each(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8', 'loopback', 'uniquelocal'])('may be %s', (text) => {
    expect(isProxyAddress(text)).toBe(true);
  });

  it.each(['true', '1', '*', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.example.com', ''])(
    'is not %j',
    (text) => {
      expect(isProxyAddress(text)).toBe(false);
    },
  );
});

describe('an origin', () => {
  it.each(['*', 'https://shop.example.com', 'http://localhost:5173'])('may be %s', (text) => {
    expect(isOrigin(text)).toBe(true);
  });

  it.each(['shop.example.com', 'https://shop.example.com/', 'https://shop.example.com:443', 'null', 'https://*.com/x'])(
    'is not %j',
    (text) => {
      expect(isOrigin(text)).toBe(false);
    },
  );
});
