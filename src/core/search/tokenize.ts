// Cuts a filter or an order clause into words, numbers, quoted texts and signs.
import { Refused } from "../refused.ts";

export type TokenKind = "word" | "number" | "text" | "double-quoted" | "back-ticked" | "sign";

export interface Token {
  kind: TokenKind;
  /** Without its quotes. */
  text: string;
  start: number;
  end: number;
}

const quotes: Readonly<Record<string, TokenKind>> = {
  "'": "text",
  '"': "double-quoted",
  "`": "back-ticked",
};
const signs = ["!=", ">=", "<=", "=", ">", "<", "(", ")", ","];
const number = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w./-])/y;
const word = /[\p{L}\p{N}_./-]+/uy;
const space = /\s+/y;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = matchEnd(space, text, 0) ?? 0;
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token);
    at = matchEnd(space, text, token.end) ?? token.end;
  }
  return tokens;
}

function readToken(text: string, start: number): Token {
  const first = text[start]!;
  const quote = quotes[first];
  if (quote !== undefined) {
    const close = closingQuote(text, first, start);
    if (close < 0) {
      throw new Refused(
        "invalid",
        `Invalid clause(s) in filter string: the quote ${first} at character ${start + 1} is never closed`,
        undefined,
        { start, end: text.length },
      );
    }
    return { kind: quote, text: text.slice(start + 1, close), start, end: close + 1 };
  }
  const sign = signs.find((one) => text.startsWith(one, start));
  if (sign !== undefined) return { kind: "sign", text: sign, start, end: start + sign.length };
  for (const [kind, pattern] of [
    ["number", number],
    ["word", word],
  ] as const) {
    const end = matchEnd(pattern, text, start);
    if (end !== undefined) return { kind, text: text.slice(start, end), start, end };
  }
  throw new Refused(
    "invalid",
    `Invalid clause(s) in filter string: unexpected ${JSON.stringify(first)} at character ${start + 1}`,
    undefined,
    { start, end: start + 1 },
  );
}

/** A quote that is doubled belongs to the text, doubled as it is: so MLflow reads it. */
function closingQuote(text: string, quote: string, start: number): number {
  let close = text.indexOf(quote, start + 1);
  // Not right at the start: that is an empty text.
  while (close > start + 1 && text[close + 1] === quote) close = text.indexOf(quote, close + 2);
  return close;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
