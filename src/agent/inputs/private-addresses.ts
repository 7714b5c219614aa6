// Addresses that lead into this machine or its network, for agents that must not fetch from there on others' behalf.
import { lookup } from "node:dns";
import type { LookupAddress, LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";

const blocked = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, and the metadata services of clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  blocked.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 96], // unspecified, loopback, and IPv4 in the oldest form
  ["64:ff9b::", 96], // IPv4 behind a translator
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32], // Teredo and 6to4 have an IPv4 address inside
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  blocked.addSubnet(network, prefix, "ipv6");
}

/** IPv4 addresses inside IPv6 ones count as what they are. */
export function isPrivateAddress(address: string): boolean {
  const [plain = ""] = address.replaceAll(/[[\]]/g, "").split("%");
  const family = isIP(plain);
  return family === 0 || blocked.check(plain, family === 4 ? "ipv4" : "ipv6");
}

export class PrivateAddress extends Error {
  constructor(host: string, address: string) {
    const where = host === address ? host : `${host} (${address})`;
    super(
      `${where} is an address of this machine or of a private network, which this agent may not fetch from`,
    );
    this.name = "PrivateAddress";
  }
}

/** A host that is an address is never looked up, so it is checked by itself. */
export function refusePrivateHost({ hostname }: URL): void {
  const host = hostname.replaceAll(/[[\]]/g, "");
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddress(host, host);
}

type Resolve = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** Checks the very addresses that are connected to: between a check and a second look-up a name may change. */
export function lookupPublicOnly(resolve: Resolve = lookup): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const hidden = addresses.find(({ address }) => isPrivateAddress(address));
      if (hidden) return done(new PrivateAddress(host, hidden.address), []);
      const [first] = addresses;
      if (options.all || !first) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}
