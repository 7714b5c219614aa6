// The real server in a process of its own, with an engine that starts nothing. Prints its address when it listens.
import { startServer } from "../../src/server/start.ts";
import { createRecordingEngine } from "./recording-engine.ts";

const server = await startServer(
  {
    home: process.argv[2] ?? "",
    host: "127.0.0.1",
    port: 0,
    portIsFixed: false,
    allowedHosts: [],
    logLevel: "error",
    workspaceName: "test",
    gcHours: 0,
  },
  {},
  createRecordingEngine,
);
process.stdout.write(`${server.url}\n`);
await server.ended;
