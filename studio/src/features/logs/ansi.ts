// A line of a log as a terminal would show it: colours as styles, a bar that is drawn over itself as it stood last.

export interface Piece {
  text: string;
  /** CSS classes; empty for plain text. */
  look: string;
}

interface Look {
  bold: boolean;
  faint: boolean;
  italic: boolean;
  underlined: boolean;
  isReversed: boolean;
  /** 0 to 15. */
  ink: number | undefined;
}

const plain: Look = {
  bold: false,
  faint: false,
  italic: false,
  underlined: false,
  isReversed: false,
  ink: undefined,
};

// Colours and styles are kept; every other control sequence, titles and links too, is taken out.
const controls =
  // eslint-disable-next-line no-control-regex
  /\x1b\[([\d;:]*)m|\x1b\[[\d;:?<=>!]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f]/g;

export function readLine(line: string): Piece[] {
  const text = overwritten(line);
  if (text.search(controls) === -1) return text === "" ? [] : [{ text, look: "" }];
  const pieces: Piece[] = [];
  let look = plain;
  let end = 0;
  const add = (part: string) => {
    if (part !== "") pieces.push({ text: part, look: classesOf(look) });
  };
  for (const match of text.matchAll(controls)) {
    add(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) look = changed(look, match[1]);
  }
  add(text.slice(end));
  return pieces;
}

/** What a person sees, without colours: what is searched and copied. */
export const textOf = (line: string): string => overwritten(line).replaceAll(controls, "");

/** After a carriage return a terminal writes over the line: what stands there last is what was meant. */
function overwritten(line: string): string {
  if (!line.includes("\r")) return line;
  const parts = line.split("\r").filter((part) => part !== "");
  return parts.at(-1) ?? "";
}

function changed(look: Look, codes: string): Look {
  const list = (codes === "" ? "0" : codes).split(/[;:]/).map(Number);
  let next = look;
  for (let at = 0; at < list.length; at++) {
    const code = list[at]!;
    if (code === 0) next = plain;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, faint: true };
    else if (code === 3) next = { ...next, italic: true };
    else if (code === 4) next = { ...next, underlined: true };
    else if (code === 7) next = { ...next, isReversed: true };
    else if (code === 22) next = { ...next, bold: false, faint: false };
    else if (code === 23) next = { ...next, italic: false };
    else if (code === 24) next = { ...next, underlined: false };
    else if (code === 27) next = { ...next, isReversed: false };
    else if (code === 39) next = { ...next, ink: undefined };
    else if (code >= 30 && code <= 37) next = { ...next, ink: code - 30 };
    else if (code >= 90 && code <= 97) next = { ...next, ink: code - 82 };
    else if (code === 38 || code === 48) {
      const [kind, ...rest] = list.slice(at + 1);
      const ink = kind === 5 ? fromPalette(rest[0] ?? 0) : fromRgb(rest);
      if (code === 38) next = { ...next, ink };
      at += kind === 5 ? 2 : 4;
    }
  }
  return next;
}

/** The sixteen that a theme knows are near enough to all others, and can be read in both themes. */
function fromPalette(index: number): number | undefined {
  if (index < 16) return index;
  if (index >= 232) return index < 244 ? 8 : 7;
  const cube = index - 16;
  return fromRgb([Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51]);
}

function fromRgb([red = 0, green = 0, blue = 0]: readonly number[]): number | undefined {
  const most = Math.max(red, green, blue);
  if (most < 64) return undefined;
  const bits = [red, green, blue].map((part) => (part > most * 0.6 ? 1 : 0));
  return bits[0]! + 2 * bits[1]! + 4 * bits[2]!;
}

const classesOf = ({ bold, faint, italic, underlined, isReversed, ink }: Look): string =>
  [
    bold ? "ansi-bold" : "",
    faint ? "ansi-faint" : "",
    italic ? "ansi-italic" : "",
    underlined ? "ansi-underlined" : "",
    isReversed ? "ansi-reversed" : "",
    ink === undefined ? "" : `ansi-${ink}`,
  ]
    .filter((one) => one !== "")
    .join(" ");

/** The pieces again, with those parts marked that fit what is searched for. */
export function markHits(pieces: readonly Piece[], wanted: string): (Piece & { isHit: boolean })[] {
  const all = pieces.map(({ text }) => text).join("");
  const ignoresCase = wanted === wanted.toLowerCase();
  const hay = ignoresCase ? all.toLowerCase() : all;
  const borders: number[] = [];
  if (wanted !== "") {
    for (let at = hay.indexOf(wanted); at !== -1; at = hay.indexOf(wanted, at + wanted.length)) {
      borders.push(at, at + wanted.length);
    }
  }
  const marked: (Piece & { isHit: boolean })[] = [];
  let place = 0;
  let passed = 0;
  for (const { text, look } of pieces) {
    let from = 0;
    while (from < text.length) {
      const border = borders[passed];
      const to = border === undefined ? text.length : Math.min(text.length, border - place);
      if (to > from) marked.push({ text: text.slice(from, to), look, isHit: passed % 2 === 1 });
      from = Math.max(from, to);
      if (border !== undefined && place + from >= border) passed++;
    }
    place += text.length;
  }
  return marked;
}
