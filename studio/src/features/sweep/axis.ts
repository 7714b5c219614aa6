// Axes for values of any kind: where a value stands between 0 and 1, and the marks beside it.

export type Value = string | number | boolean;
export type AxisKind = "linear" | "log" | "category";

export interface Tick {
  /** 0 to 1. */
  at: number;
  label: string;
}

export interface Axis {
  name: string;
  kind: AxisKind;
  /** 0 to 1; undefined for what the axis cannot show. */
  place: (value: Value | undefined) => number | undefined;
  ticks: readonly Tick[];
}

interface AxisOptions {
  name: string;
  /** Those that are to be shown. */
  values: readonly Value[];
  /** Undefined: as the values look. */
  kind?: AxisKind | undefined;
}

const order = new Intl.Collator("en", { numeric: true });

export function axisOf({ name, values, kind }: AxisOptions): Axis {
  const numbers = values.filter((value) => typeof value === "number").filter(Number.isFinite);
  const isNumeric = numbers.length > 0 && values.every((value) => typeof value === "number");
  if (kind === "category" || !isNumeric) return categories(name, values);
  const isLog = kind === "log" && numbers.every((value) => value > 0);
  return isLog ? logarithmic(name, numbers) : linear(name, numbers);
}

/** Whether numbers spread so far that only a log axis shows them all. */
export function looksLogarithmic(numbers: readonly number[]): boolean {
  if (numbers.length < 3 || numbers.some((value) => !(value > 0))) return false;
  return leastAndMost(numbers).most / leastAndMost(numbers).least >= 100;
}

function categories(name: string, values: readonly Value[]): Axis {
  const words = [...new Set(values.map(String))].sort(order.compare);
  const at = new Map(words.map((word, index) => [word, (index + 0.5) / words.length]));
  // So many labels as can be read; every value has its place all the same.
  const every = Math.ceil(words.length / 24);
  return {
    name,
    kind: "category",
    place: (value) => (value === undefined ? undefined : at.get(String(value))),
    ticks: words
      .filter((_, index) => index % every === 0)
      .map((word) => ({ at: at.get(word)!, label: word })),
  };
}

function linear(name: string, numbers: readonly number[]): Axis {
  const { least, most } = leastAndMost(numbers);
  const spread = most - least;
  return {
    name,
    kind: "linear",
    place: (value) =>
      typeof value !== "number" || !Number.isFinite(value)
        ? undefined
        : spread === 0
          ? 0.5
          : (value - least) / spread,
    ticks:
      spread === 0
        ? [{ at: 0.5, label: formatMark(least) }]
        : roundMarks(least, most, numbers.every(Number.isInteger)).map((mark) => ({
            at: (mark - least) / spread,
            label: formatMark(mark),
          })),
  };
}

function logarithmic(name: string, numbers: readonly number[]): Axis {
  const { least, most } = leastAndMost(numbers.map(Math.log10));
  const spread = most - least;
  const whole = Array.from(
    { length: Math.max(0, Math.floor(most) - Math.ceil(least) + 1) },
    (_, index) => Math.ceil(least) + index,
  );
  const every = Math.ceil(whole.length / 6);
  const marks =
    whole.length >= 2
      ? whole.filter((_, index) => index % every === 0).map((mark) => 10 ** mark)
      : [10 ** least, 10 ** ((least + most) / 2), 10 ** most].map((mark) => Number(mark.toPrecision(2)));
  return {
    name,
    kind: "log",
    place: (value) =>
      typeof value !== "number" || !(value > 0)
        ? undefined
        : spread === 0
          ? 0.5
          : (Math.log10(value) - least) / spread,
    ticks:
      spread === 0
        ? [{ at: 0.5, label: formatMark(numbers[0]!) }]
        : marks
            .map((mark) => ({ at: (Math.log10(mark) - least) / spread, label: formatMark(mark) }))
            .filter(({ at }) => at >= -0.001 && at <= 1.001),
  };
}

/** Four to seven marks at 1, 2 or 5 times a power of ten. */
export function roundMarks(least: number, most: number, isWhole = false): number[] {
  const rough = Math.max((most - least) / 5, isWhole ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough * 0.999) ?? rough;
  const marks: number[] = [];
  for (let index = Math.ceil(least / step - 1e-9); index * step <= most + step * 1e-9; index++) {
    marks.push(Number((index * step).toPrecision(12)));
  }
  return marks;
}

function leastAndMost(numbers: readonly number[]): { least: number; most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (const value of numbers) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

function formatMark(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6))
    return value
      .toExponential()
      .replace(/\.?0*e\+?/, "e")
      .replace(/^(-?\d\.\d\d)\d+/, "$1");
  return String(Number(value.toPrecision(6)));
}
