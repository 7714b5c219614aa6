// A run as the server tells it, for the tests here.
import type { Run } from "../../api/run-queries.ts";

export const aRun = (id: string, changes: Partial<Run> = {}): Run => ({
  id,
  experimentName: "e",
  number: 1,
  displayName: id,
  description: "",
  state: "Completed",
  createdBy: "ada",
  createdAt: 0,
  endedAt: 1,
  params: {},
  tags: {},
  properties: {},
  metrics: [],
  ...changes,
});
