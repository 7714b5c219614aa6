// The parts of axes that are chosen in parallel coordinates, and which points lie in all of them.
import type { Axis, Value } from "./axis.ts";

/** From and to, 0 to 1, by the name of the axis. */
export type Brushes = Readonly<Record<string, readonly [number, number]>>;

export const isWithin = (
  brushes: Brushes,
  axes: readonly Axis[],
  valueOf: (name: string) => Value | undefined,
): boolean =>
  axes.every(({ name, place }) => {
    const brush = brushes[name];
    if (!brush) return true;
    const at = place(valueOf(name));
    return at !== undefined && at >= brush[0] && at <= brush[1];
  });

/** Without a brush when nothing of the axis is left out, or next to nothing is left. */
export function withBrush(brushes: Brushes, name: string, from: number, to: number): Brushes {
  const { [name]: _, ...others } = brushes;
  const least = Math.max(0, Math.min(from, to));
  const most = Math.min(1, Math.max(from, to));
  return most - least < 0.01 || (least <= 0 && most >= 1) ? others : { ...others, [name]: [least, most] };
}

const step = 0.05;

/** Arrows move the upper end, with Shift the lower one; Escape and Delete take the brush away. */
export function brushByKey(
  brushes: Brushes,
  name: string,
  key: string,
  isShift: boolean,
): Brushes | undefined {
  const [from, to] = brushes[name] ?? [0, 1];
  if (key === "Escape" || key === "Delete" || key === "Backspace")
    return brushes[name] ? withBrush(brushes, name, 0, 1) : undefined;
  const by = key === "ArrowUp" ? step : key === "ArrowDown" ? -step : 0;
  if (by === 0) return undefined;
  return isShift
    ? withBrush(brushes, name, Math.min(from + by, to - step), to)
    : withBrush(brushes, name, from, Math.max(to + by, from + step));
}
