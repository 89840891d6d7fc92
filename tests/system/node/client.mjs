// Connects one of the two official TypeScript clients, lists the tools and makes the calls given on
// standard input, and prints all of it as one JSON document.
//
//   node client.mjs client|sdk stdio COMMAND [ARG ...]
//   node client.mjs client|sdk http URL
import { text } from "node:stream/consumers";

const [library, kind, target, ...rest] = process.argv.slice(2);
const calls = JSON.parse(await text(process.stdin));

async function parts() {
  if (library === "client") {
    const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
    const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
    return { Client, StreamableHTTPClientTransport, StdioClientTransport };
  }
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
  return { Client, StreamableHTTPClientTransport, StdioClientTransport };
}

const { Client, StreamableHTTPClientTransport, StdioClientTransport } = await parts();
const transport =
  kind === "stdio"
    ? new StdioClientTransport({ command: target, args: rest, env: process.env, stderr: "ignore" })
    : new StreamableHTTPClientTransport(new URL(target));
const options = library === "client" ? { versionNegotiation: { mode: "auto" } } : {};
const client = new Client({ name: "system-test", version: "1" }, options);
await client.connect(transport);
const { tools } = await client.listTools();
const results = [];
for (const call of calls) {
  results.push(await client.callTool(call));
}
const protocol = client.getNegotiatedProtocolVersion?.() ?? null;
console.log(JSON.stringify({ server: client.getServerVersion(), protocol, tools, results }));
await client.close();
