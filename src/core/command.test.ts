import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fillCommand, type Command, type CommandPart } from "./command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "command-"));
after(() => rmSync(folder, { recursive: true }));

/** `show` prints how many arguments it was given, and each; a value that gets loose leaves the file `pwned`. */
const show = `show() { printf '%s' "$#"; printf '<%s>' "$@"; }; `;
const runs = "$(touch pwned)";

const values = [
  "plain",
  "two words",
  "  edges  ",
  "it's",
  'say "hi"',
  "a;touch pwned",
  runs,
  "`touch pwned`",
  "'; touch pwned; '",
  '"; touch pwned; "',
  "$HOME ${HOME} $0",
  "back\\slash \\' \\\" \\n",
  "ends in \\",
  "line one\nline two",
  "\nEOF\ntouch pwned\n",
  "tab\there",
  "",
  "--leading=dash",
  "-n",
  "*",
  "~",
  "{a,b}",
  "a}b",
  "#no comment",
  "!history!",
  "a & b | c > d < e",
  "ünï→😀",
  ")",
  "')\")`",
  "\r\n",
];

const hole: CommandPart = { binding: "inputs", name: "x" };

/** `@` stands for the place of the value. */
function command(template: string): Command {
  const parts = template
    .split("@")
    .flatMap((text, index): CommandPart[] => (index === 0 ? [{ text }] : [hole, { text }]));
  return { source: template, parts };
}

function runBash(line: string): string {
  const result = spawnSync("bash", ["-c", line], { cwd: folder, encoding: "utf8" });
  assert.equal(result.stderr, "", `bash complains about: ${line}`);
  assert.deepEqual(readdirSync(folder), [], `code in a value was run by: ${line}`);
  return result.stdout;
}

const fill = (template: string, value: string) => fillCommand(command(template), () => value);

/** What is printed, as a function of the value: `$(…)` drops line ends at its end, as every shell does. */
const positions: Record<string, { template: string; prints: (value: string) => string }> = {
  unquoted: { template: "show @", prints: (value) => `1<${value}>` },
  "glued to other text": { template: "show --a=@/b", prints: (value) => `1<--a=${value}/b>` },
  "single quotes": { template: "show 'a @ b'", prints: (value) => `1<a ${value} b>` },
  "double quotes": { template: 'show "a @ b"', prints: (value) => `1<a ${value} b>` },
  "dollar quotes": { template: "show $'a\\t@ b'", prints: (value) => `1<a\t${value} b>` },
  "a substitution in double quotes": {
    template: 'show "$(show @)"',
    prints: (value) => `1<1<${value}>>`,
  },
  "quotes in a substitution in double quotes": {
    template: `show "$(show '@' "@")"`,
    prints: (value) => `1<2<${value}><${value}>>`,
  },
  backticks: { template: 'x=`show @`; show "$x"', prints: (value) => `1<1<${value}>>` },
  "backticks in double quotes": { template: 'show "`show @`"', prints: (value) => `1<1<${value}>>` },
  "after backticks": { template: "show `echo a` '@'", prints: (value) => `2<a><${value}>` },
  "a default in double quotes": { template: 'show "${nothing:-@}"', prints: (value) => `1<${value}>` },
  "a here-document": { template: "cat <<EOF\na @ b\nEOF\n", prints: (value) => `a ${value} b\n` },
  "a here-document's own line": {
    template: "cat <<EOF\n@\nEOF\nshow a",
    prints: (value) => `${value}\n1<a>`,
  },
  "an indented here-document": { template: "cat <<-EOF\n\t@\n\tEOF\n", prints: (value) => `${value}\n` },
  "a substitution in a here-document": {
    template: "cat <<EOF\n$(show @)\nEOF\n",
    prints: (value) => `1<${value}>\n`,
  },
  "a here-document in a substitution": {
    template: 'show "$(cat <<EOF\na @ b\nEOF\n)"',
    prints: (value) => `1<a ${value} b>`,
  },
  "after a here-document": {
    template: "cat <<EOF\nit's\nEOF\nshow @",
    prints: (value) => `it's\n1<${value}>`,
  },
  "a here-string": { template: "cat <<< @", prints: (value) => `${value}\n` },
  "an inner shell's argument": {
    template: `bash -c 'printf "<%s>" "$1"' bash @`,
    prints: (value) => `<${value}>`,
  },
  "after an escaped quote": { template: "show \\' @ \\\"", prints: (value) => `3<'><${value}><">` },
  "after an escaped dollar": { template: 'show "\\$(" @', prints: (value) => `2<$(><${value}>` },
  "after a comment with a quote": { template: "# it's\nshow @", prints: (value) => `1<${value}>` },
  "a comment": { template: "show a # @\n", prints: () => "1<a>" },
  "after a double dollar": { template: "[ $$'a' ]; show @", prints: (value) => `1<${value}>` },
  "after arithmetic": { template: "show $(( (1 << 2) )) @", prints: (value) => `2<4><${value}>` },
  "after a case": { template: "case a in a) show @;; esac", prints: (value) => `1<${value}>` },
  "a continued line": { template: "show a \\\n  @ \\\n  b", prints: (value) => `3<a><${value}><b>` },
  "an assignment": { template: 'a=@; show "$a"', prints: (value) => `1<${value}>` },
  "a list": { template: 'a=(@ b); show "${a[0]}"', prints: (value) => `1<${value}>` },
};

describe("a filled command in real bash", () => {
  for (const [position, { template, prints }] of Object.entries(positions)) {
    it(`passes every value on as it is in ${position}`, () => {
      for (const value of values) {
        const printed = runBash(show + fill(template, value));

        assert.equal(printed, prints(value), JSON.stringify(value));
      }
    });
  }

  it("passes values on in a literal here-document, and refuses one that would end it", () => {
    const template = "cat <<'EOF'\n@\nEOF\n";
    for (const value of values.filter((value) => !value.includes("\nEOF\n"))) {
      assert.equal(runBash(fill(template, value)), `${value}\n`);
    }

    assert.throws(() => fill(template, "a\nEOF\ntouch pwned"), /inputs\.x would end the here-document/);
    assert.throws(() => fill(template, "EOF"), /inputs\.x would end the here-document/);
    assert.throws(() => fill("cat <<'EOF'\nE@\nEOF\n", "OF"), /inputs\.x would end the here-document/);
  });

  it("runs nothing of a value where the result is split, or the bracket of a case in quotes misleads it", () => {
    const templates = [`show "$(case a in a) show @;; esac)"`, "show $(show @)"];
    for (const template of templates) for (const value of values) runBash(show + fill(template, value));
  });

  it("passes random text on as one argument in every pair of positions", () => {
    const pieces = [
      "'",
      '"',
      "`",
      "$(",
      ")",
      "\\",
      " ",
      "\n",
      ";",
      "a",
      "$",
      "#",
      "<<E",
      "}",
      "touch pwned",
      "&",
    ];
    let seed = 7;
    const next = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const lines: string[] = [];
    const expected: string[] = [];
    for (let turn = 0; turn < 300; turn++) {
      const value = Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)]).join("");
      lines.push(fill(`show @ '@' "@" $'@' "$(show "@")x"`, value));
      expected.push(`5${`<${value}>`.repeat(4)}<1<${value}>x>`);
    }

    for (const [index, line] of lines.entries()) assert.equal(runBash(show + line), expected[index]);
  });
});

describe("fillCommand", () => {
  it("leaves plain values and everything that is no placeholder as written", () => {
    const line = fill(`python fit.py --table @ --rounds 20 "\${HOME}" '{"a": 1}'`, "/data/table.csv");

    assert.equal(line, `python fit.py --table /data/table.csv --rounds 20 "\${HOME}" '{"a": 1}'`);
  });

  it("trims what a folded scalar leaves at the end", () => {
    assert.equal(fill("echo @ \n", "a"), "echo a");
  });

  it("drops an optional section when a value in it is missing, and keeps it otherwise", () => {
    const parts: CommandPart[] = [
      { text: "run" },
      { optional: [{ text: " --lr " }, { binding: "inputs", name: "lr" }] },
      { optional: [{ text: " --out " }, { binding: "outputs", name: "out" }] },
    ];
    const filled = fillCommand({ source: "", parts }, (binding) =>
      binding === "outputs" ? "/o" : undefined,
    );

    assert.equal(filled, "run --out /o");
  });

  it("refuses a placeholder that has no value, by its name", () => {
    assert.throws(() => fillCommand(command("a @"), () => undefined), /no value for inputs\.x/);
  });

  it("refuses a NUL character, which no argument can hold", () => {
    assert.throws(() => fill("a @", "x\0y"), /inputs\.x holds a NUL/);
  });

  it("puts numbers into arithmetic and refuses code there", () => {
    assert.equal(runBash(show + fill("show $(( @ + 1 ))", "41")), "1<42>");
    assert.throws(() => fill("show $(( @ + 1 ))", `a[${runs}]`), /inputs\.x stands in shell arithmetic/);
    assert.throws(() => fill("(( n = @ ))", `a[${runs}]`), /inputs\.x stands in shell arithmetic/);
  });
});
