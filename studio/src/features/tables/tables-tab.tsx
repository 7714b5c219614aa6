// What a run logged that is neither a number nor a picture: rows, matrices, curves, texts.
import { useQuery } from "@tanstack/react-query";
import { rowsQuery } from "../../api/run-queries.ts";
import type { MetricRows, MetricSummary, Run } from "../../api/run-queries.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { isTable } from "../run/metric-kinds.ts";
import {
  readAccuracyTable,
  readConfusionMatrix,
  readPredictions,
  readResiduals,
} from "./charts-of-values.ts";
import { Confusion } from "./confusion.tsx";
import { DataTable } from "./data-table.tsx";
import { columnsOf } from "./table-columns.ts";
import { AccuracyCurves, Histogram, PredictedAndTrue } from "./value-charts.tsx";
import "../metrics/charts.css";
import "./tables.css";

export function TablesTab({ run }: { run: Run }) {
  const metrics = run.metrics.filter(isTable);
  if (metrics.length === 0) return <EmptyState title="No tables were logged" />;
  return (
    <div className="run-body values">
      {metrics.map((metric) => (
        <section key={metric.name} className="value">
          <h2>{metric.name}</h2>
          <div className="value-body">
            <Value run={run.id} metric={metric} />
          </div>
        </section>
      ))}
    </div>
  );
}

function Value({ run, metric: { name, count } }: { run: string; metric: MetricSummary }) {
  const { data, error } = useQuery(rowsQuery(run, name, count));
  if (error) return <p className="field-error">{error.message}</p>;
  if (!data) return <div className="picture-coming" style={{ height: 160 }} />;
  return <Shown name={name} rows={data} />;
}

/** The newest of what is drawn; of rows all. What is not as it should be is shown as it came. */
function Shown({ name, rows }: { name: string; rows: MetricRows }) {
  const newest = rows.values.at(-1);
  switch (rows.kind) {
    case "confusion_matrix": {
      const chart = readConfusionMatrix(newest);
      if (chart) return <Confusion name={name} chart={chart} />;
      break;
    }
    case "accuracy_table": {
      const classes = readAccuracyTable(newest);
      if (classes) return <AccuracyCurves name={name} classes={classes} />;
      break;
    }
    case "residuals": {
      const bins = readResiduals(newest);
      if (bins) return <Histogram name={name} bins={bins} />;
      break;
    }
    case "predictions": {
      const chart = readPredictions(newest);
      if (chart) return <PredictedAndTrue name={name} chart={chart} />;
      break;
    }
    default:
  }
  const { head, rows: lines } = columnsOf(rows.values);
  return <DataTable label={name} head={head} rows={lines} />;
}
