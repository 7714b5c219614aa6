// Who decides whether a job runs in a container.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { containerFault, containerPolicyOf } from "./container-policy.ts";

const node = { policy: "auto", from: "the node" } as const;

describe("whether a job runs in a container", () => {
  it("is said by its property before its environment, and by that before its node", () => {
    const off = { useContainer: false };
    const property = { "trainyard.containers": "always" };

    assert.deepEqual(containerPolicyOf({ properties: {}, environment: {} }, node), node);
    assert.equal(containerPolicyOf({ properties: {}, environment: off }, node).policy, "never");
    assert.equal(containerPolicyOf({ properties: property, environment: off }, node).policy, "always");
  });

  it("is one of three words", () => {
    assert.equal(containerFault({ properties: {} }), undefined);
    assert.equal(containerFault({ properties: { "trainyard.containers": "never" } }), undefined);
    assert.equal(
      containerFault({ properties: { "trainyard.containers": "sometimes" } }),
      'is "sometimes"; it takes auto, always, never',
    );
  });
});
