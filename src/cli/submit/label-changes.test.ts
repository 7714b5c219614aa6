import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandFailed, UsageError } from "../fail.ts";
import { readLabelChanges } from "./label-changes.ts";

test("tags, properties, name and description are set", () => {
  const { body, replaceTags } = readLabelChanges({
    set: ["tags.stage=keep", "tags.a.b=c=d", "display_name=my job", "description=", "properties.k=v"],
  });

  assert.deepEqual(body, {
    tags: { stage: "keep", "a.b": "c=d" },
    displayName: "my job",
    description: "",
    properties: { k: "v" },
  });
  assert.equal(replaceTags, false);
});

test("--add takes the map first, then its members, in turn", () => {
  const { body } = readLabelChanges({ add: ["tags", "a=1", "b=2", "properties", "c=3"] });

  assert.deepEqual(body, { tags: { a: "1", b: "2" }, properties: { c: "3" } });
});

test("--remove takes a tag away", () => {
  assert.deepEqual(readLabelChanges({ remove: ["tags.a"] }).body, { tags: { a: null } });
});

test("a whole map of tags replaces the ones there are", () => {
  const { body, replaceTags } = readLabelChanges({ set: ['tags={"a":"x","n":3}'] });

  assert.deepEqual(body, { tags: { a: "x", n: "3" } });
  assert.equal(replaceTags, true);
});

test("a key that may not change is refused, with those that may", () => {
  assert.throws(
    () => readLabelChanges({ set: ["comand=x"] }),
    (error) => {
      assert.ok(error instanceof CommandFailed);
      assert.match(error.message, /comand of a job cannot change/);
      assert.match(error.hint ?? "", /tags, properties, display_name, description/);
      return true;
    },
  );
});

test("a slip of the hand is pointed out", () => {
  assert.throws(() => readLabelChanges({ set: ["tag.a=b"] }), /Did you mean tags\?/);
});

test("properties stay", () => {
  assert.throws(() => readLabelChanges({ remove: ["properties.a"] }), CommandFailed);
});

test("no change at all is a fault of the command line", () => {
  assert.throws(() => readLabelChanges({}), UsageError);
});
