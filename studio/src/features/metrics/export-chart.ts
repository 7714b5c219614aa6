// A chart as a file: what it shows as a picture, or every point that was logged as a table.
import type { MetricRows } from "../../api/run-queries.ts";
import { call } from "../../api/call.ts";
import { runPath } from "../../api/paths.ts";
import { download } from "../../ui/download.ts";
import { plural } from "../../ui/format.ts";
import { say } from "../../ui/toast.tsx";
import type { ChartRun } from "./chart-card.tsx";
import { resolveColor } from "./colors.ts";

const pointsAtOnce = 100_000;

/** Of all runs that have them, a line a point. Times as ISO 8601 has them. */
export async function downloadValues(
  name: string,
  metrics: readonly string[],
  runs: readonly ChartRun[],
): Promise<void> {
  const parts = ["run,run_name,metric,step,time,value\n"];
  let points = 0;
  for (const { id, label, series } of runs) {
    for (const metric of metrics.filter((one) => series.has(one))) {
      const begin = [id, label, metric].map(cellOf).join(",");
      for (let after: number | null = -1; after !== null;) {
        const page: MetricRows = await call(`${runPath(id)}/metrics`, {
          query: { name: metric, after, limit: pointsAtOnce },
        });
        const lines = page.values.map((value, at) =>
          [begin, page.steps[at] ?? "", new Date(page.at[at]!).toISOString(), String(value)].join(","),
        );
        parts.push(lines.map((line) => `${line}\n`).join(""));
        points += lines.length;
        after = page.next;
      }
    }
  }
  download(fileName(name, "csv"), new Blob(parts, { type: "text/csv" }));
  say(`${plural(points, "point")} of ${name} are in ${fileName(name, "csv")}`);
}

const cellOf = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const fileName = (name: string, ending: string): string =>
  `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.${ending}`;

const rowHeight = 20;
const margin = 12;
const headHeight = 30;

/** The chart with its name above and its lines' names below, as sharp as on the screen. */
export async function downloadPicture(name: string, card: HTMLElement): Promise<void> {
  const plot = card.querySelector<HTMLCanvasElement>(".plot canvas");
  if (!plot) throw new Error(`${name} has no curve to take a picture of`);
  const sharpness = plot.width / plot.clientWidth;
  const rows = [...card.querySelectorAll(".chart-legend tbody tr")].map((row) => ({
    color: getComputedStyle(row.querySelector(".chart-swatch")!).backgroundColor,
    label: row.querySelector("th")!.textContent,
    last: row.querySelector(".chart-last")!.textContent,
  }));
  const picture = document.createElement("canvas");
  picture.width = plot.width + 2 * margin * sharpness;
  picture.height = plot.height + (headHeight + rows.length * rowHeight + margin) * sharpness;
  const pen = picture.getContext("2d")!;
  const { fontFamily } = getComputedStyle(card);
  pen.fillStyle = resolveColor("var(--raised)");
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(plot, margin * sharpness, headHeight * sharpness);
  pen.scale(sharpness, sharpness);
  pen.textBaseline = "middle";
  pen.fillStyle = resolveColor("var(--ink)");
  pen.font = `600 13px ${fontFamily}`;
  pen.fillText(name, margin, headHeight / 2);
  pen.font = `12px ${fontFamily}`;
  for (const [at, { color, label, last }] of rows.entries()) {
    const y = headHeight + plot.clientHeight + (at + 0.5) * rowHeight;
    pen.fillStyle = color;
    pen.fillRect(margin, y - 1.5, 10, 3);
    pen.fillStyle = resolveColor("var(--ink)");
    pen.fillText(label, margin + 18, y);
    pen.textAlign = "right";
    pen.fillText(last, margin + plot.clientWidth, y);
    pen.textAlign = "left";
  }
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, "image/png"));
  if (blob) download(fileName(name, "png"), blob);
}
