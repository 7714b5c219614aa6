// Stands in for an agent: notes that it was started, writes its agent.json as an agent does, and waits to be ended.
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { processStart } from "./processes.ts";

appendFileSync("starts", `${process.pid} ${process.argv.slice(2).join(" ")}\n`);
const exitCode = process.env["IDLE_AGENT_EXITS"];
if (exitCode !== undefined) process.exit(Number(exitCode));
const file = { pid: process.pid, pidStart: await processStart(process.pid), startedAt: Date.now() };
writeFileSync("agent.json.new", JSON.stringify(file));
renameSync("agent.json.new", "agent.json");
setInterval(() => {}, 60_000);
