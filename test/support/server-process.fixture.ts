// The real server in a process of its own, with an engine that starts nothing. Prints its address when it listens.
import { startServer } from "../../src/server/start.ts";
import { createRecordingEngine } from "./recording-engine.ts";
import { testConfig } from "./test-server.ts";

const server = await startServer(testConfig(process.argv[2] ?? ""), {}, createRecordingEngine);
process.stdout.write(`${server.url}\n`);
await server.ended;
