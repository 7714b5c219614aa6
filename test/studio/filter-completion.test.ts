// What the filter offers next, by what stands before the caret.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseFilter } from "../../src/core/search/parse-filter.ts";
import { tableGrammar } from "../../src/core/search/table-grammar.ts";
import { complete, filterOf, writeKey } from "../../studio/src/features/jobs/complete.ts";

const keys = { metrics: ["loss", "val loss"], params: ["lr"], tags: ["team"] };
const offered = (text: string) => {
  const { start, suggestions } = complete(text, text.length, keys, ["walk"]);
  return { replaced: text.slice(start), texts: suggestions.map(({ text }) => text) };
};

describe("A filter is completed with", () => {
  it("keys, those first that begin with what was typed", () => {
    assert.deepEqual(offered("metrics.l"), { replaced: "metrics.l", texts: ["metrics.loss"] });
    assert.deepEqual(offered("lr").texts, ["params.lr"]);
    assert.deepEqual(offered("max.").texts, ["max.loss", "max.`val loss`"]);
    assert.ok(offered("").texts.includes("state"));
  });

  it("quoted keys where they have signs of their own", () => {
    assert.deepEqual(offered("metrics.`val").texts, ["metrics.`val loss`"]);
  });

  it("operators that the key knows", () => {
    assert.deepEqual(offered("metrics.loss ").texts, ["<", "<=", ">", ">=", "=", "!="]);
    assert.deepEqual(offered("min.loss ").texts, offered("metrics.loss ").texts);
    assert.deepEqual(offered("params.lr ").texts, ["=", "!=", "LIKE", "ILIKE"]);
    assert.deepEqual(offered("name LI"), { replaced: "LI", texts: ["LIKE", "ILIKE"] });
  });

  it("values where they are known", () => {
    assert.deepEqual(offered("state = 'Fa"), { replaced: "'Fa", texts: ["'Failed'"] });
    assert.deepEqual(offered("experiment = ").texts, ["'walk'"]);
  });

  it("AND after a whole comparison, and keys again after that", () => {
    assert.deepEqual(offered("metrics.loss < 0.5 "), { replaced: "", texts: ["AND"] });
    assert.deepEqual(offered("metrics.loss < 0.5 AND tags.t").texts, ["tags.team"]);
  });
});

describe("Text without an operator", () => {
  it("is looked for in names", () => {
    assert.equal(filterOf(" falcon "), "name ILIKE '%falcon%'");
    assert.equal(filterOf("state = 'Failed'"), "state = 'Failed'");
    assert.equal(filterOf(""), "");
  });
});

describe("A key", () => {
  it("is written so that the grammar reads it", () => {
    for (const name of ["loss", "val loss", "a.b", "größe", "a/b-c"]) {
      const [comparison] = parseFilter(`${writeKey("metrics", name)} > 1`, tableGrammar);
      assert.equal(comparison!.key, name);
    }
  });
});
