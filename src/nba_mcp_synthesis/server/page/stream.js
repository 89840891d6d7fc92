// A question on its way: POST, answered by events of a stream (text/event-stream).

import { Trouble, problem, request, unreachable } from "./http.js";

/**
 * The answer to a question. `hear(event, data)` is told of every stage and sentence meanwhile.
 * An aborted `signal` ends the request, and with it the work at the server.
 */
export async function ask(question, previous, signal, hear) {
  const response = await request("v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ question, previous }),
    signal,
  });
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) return response.json();
  for await (const { event, data } of events(response.body)) {
    if (event === "answer") return data;
    if (event === "error") throw problem(data);
    hear(event, data);
  }
  throw unreachable("The connection ended before the answer came.");
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      waiting += value;
      const blocks = waiting.split(/\r?\n\r?\n/);
      waiting = blocks.pop();
      for (const block of blocks) {
        const found = parsed(block);
        if (found) yield found;
      }
    }
  } catch (error) {
    if (error.name === "AbortError" || error instanceof Trouble) throw error;
    throw unreachable("The connection broke before the answer came.");
  } finally {
    reader.cancel().catch(() => undefined); // it may have ended, which is all that is wanted
  }
}

function parsed(block) {
  const lines = block.split(/\r?\n/).filter((line) => line && !line.startsWith(":"));
  const named = (name) =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ""));
  const data = named("data").join("\n");
  return data ? { event: named("event")[0] ?? "message", data: JSON.parse(data) } : null;
}
