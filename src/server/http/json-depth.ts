// How deep a JSON text nests: deeper ones than any of ours would overflow the stack of whoever walks them.

const deepestJson = 100;

/** Looks at the brackets alone, and stops at the limit; the text need not be valid. */
export function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepestJson) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
