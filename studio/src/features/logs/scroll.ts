// A scroll bar for more lines than a browser has pixels: it stands for the whole file, whatever its length.

export interface Extent {
  lines: number;
  /** Whole lines that fit. */
  visible: number;
  height: number;
}

const lineHeight = 18;
/** Browsers stop counting somewhere above 16 million pixels. */
const tallest = 8_000_000;

export const scrollHeight = ({ lines, height }: Extent): number =>
  Math.max(height, Math.min(tallest, lines * lineHeight));

export function scrollTopOf(line: number, extent: Extent): number {
  const last = extent.lines - extent.visible;
  if (last <= 0) return 0;
  return (Math.min(line, last) / last) * (scrollHeight(extent) - extent.height);
}

export function firstLineAt(scrollTop: number, extent: Extent): number {
  const room = scrollHeight(extent) - extent.height;
  if (room <= 0) return 0;
  const last = Math.max(0, extent.lines - extent.visible);
  return Math.round(Math.min(1, Math.max(0, scrollTop / room)) * last);
}
