import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isPrivateAddress,
  lookupPublicOnly,
  PrivateAddress,
  refusePrivateHost,
} from "./private-addresses.ts";

describe("an address", () => {
  for (const host of [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0x7f.1",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "2852039166",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[ff02::1]",
    "255.255.255.255",
  ]) {
    it(`${host} is private, as a URL reads it`, () => {
      assert.throws(() => refusePrivateHost(new URL(`http://${host}/x`)), PrivateAddress);
    });
  }

  for (const host of ["1.1.1.1", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "[::ffff:8.8.8.8]"]) {
    it(`${host} is public`, () => {
      assert.doesNotThrow(() => refusePrivateHost(new URL(`http://${host}/x`)));
    });
  }

  it("that is none counts as private", () => {
    assert.equal(isPrivateAddress("localhost"), true);
  });
});

describe("looking a name up", () => {
  const answering =
    (...addresses: string[]): Parameters<typeof lookupPublicOnly>[0] =>
    (_host, _options, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );

  const look = (resolve: Parameters<typeof lookupPublicOnly>[0], all: boolean) =>
    new Promise((answer, reject) => {
      lookupPublicOnly(resolve)("rebind.example", { all }, (error, address) =>
        error ? reject(error) : answer(address),
      );
    });

  it("gives the very addresses that were checked", async () => {
    assert.equal(await look(answering("1.1.1.1", "8.8.8.8"), false), "1.1.1.1");
    assert.deepEqual(await look(answering("1.1.1.1"), true), [{ address: "1.1.1.1", family: 4 }]);
  });

  it("refuses a name with a private address among its addresses", async () => {
    for (const all of [true, false]) {
      await assert.rejects(
        look(answering("1.1.1.1", "169.254.169.254"), all),
        /rebind\.example \(169\.254\.169\.254\) is an address of this machine or of a private network/,
      );
    }
  });
});
