// The numbers beside a chart's axes: short, and all of one length where that can be.

const signs = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** `1200` → `1.2k`; seconds since the start → `1 h 5 m`. Null is a tick without a number. */
export function formatTick(value: number | null, isDuration: boolean): string {
  if (value === null) return "";
  if (isDuration) return formatSeconds(value);
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return short(value.toExponential(2));
  const sign = signs.find(([unit]) => size >= unit && size >= 10_000);
  return sign
    ? `${Number((value / sign[0]).toPrecision(5))}${sign[1]}`
    : String(Number(value.toPrecision(6)));
}

const short = (text: string): string => text.replace(/\.?0+e/, "e").replace("e+", "e");

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(4))} s`;
  if (seconds < 3600) {
    const rest = Math.round(seconds % 60);
    return `${Math.floor(seconds / 60)} m${rest === 0 ? "" : ` ${rest} s`}`;
  }
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.round((seconds % 3600) / 60);
  if (hours < 48) return `${hours} h${minutes === 0 ? "" : ` ${minutes} m`}`;
  return `${Number((hours / 24).toPrecision(3))} d`;
}
