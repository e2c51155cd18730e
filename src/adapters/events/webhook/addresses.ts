import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** IPv4 that is nobody's on the internet: this host, private networks, link-local (with the clouds' metadata), documentation, multicast, reserved. */
const PRIVATE_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Of IPv6 only 2000::/3 is on the internet, and within it these wrap IPv4 addresses or are for documentation. */
const GLOBAL_V6 = ['2000::', 3] as const;
const PRIVATE_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const;

const privateV4 = new BlockList();
PRIVATE_V4.forEach(([net, bits]) => privateV4.addSubnet(net, bits, 'ipv4'));
const globalV6 = new BlockList();
globalV6.addSubnet(...GLOBAL_V6, 'ipv6');
const privateV6 = new BlockList();
PRIVATE_V6.forEach(([net, bits]) => privateV6.addSubnet(net, bits, 'ipv6'));

/** Whether an IP address is one on the internet, where our own network can't be reached through it. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !privateV4.check(address, 'ipv4');
  return isIP(address) === 6 && globalV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6');
}

/** Resolves like `dns.lookup`, but only names all of whose addresses are public: what is connected to is what was looked at. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const hidden = addresses.find(({ address }) => !isPublicAddress(address));
    if (hidden) return callback(new Error('the name leads to an address that is not public'), []);
    if (options.all) return callback(null, addresses);
    const [first] = addresses;
    callback(null, first?.address ?? '', first?.family);
  });
};

/** Why events are not sent to `url`; null where they are. `publicOnly`: nothing but HTTPS to hosts on the internet. */
export function faultOfUrl(url: string, publicOnly: boolean): string | null {
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'https:' && (publicOnly || protocol !== 'http:')) return 'must be an https:// address';
  if (username || password) return 'must not carry a user or a password';
  const host = hostname.replace(/^\[|\]$/g, '');
  if (publicOnly && isIP(host) !== 0 && !isPublicAddress(host))
    return 'must not be an address inside a private network';
  return null;
}
