// Which operation of the contract a request is, for the server that tests stand in for.
import type { IncomingMessage } from "node:http";
import { contract } from "../api/contract.ts";
import type { OperationId } from "../api/contract.ts";

const operations = Object.entries(contract).map(([id, shape]) => ({
  id: id as OperationId,
  method: shape.method,
  pattern: new RegExp(`^${shape.path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
}));

export function findOperation(incoming: IncomingMessage) {
  const url = new URL(incoming.url ?? "/", "http://server");
  for (const { id, method, pattern } of operations) {
    const match = method === incoming.method ? pattern.exec(url.pathname) : null;
    if (match) return { id, params: { ...match.groups }, query: Object.fromEntries(url.searchParams) };
  }
  return undefined;
}
