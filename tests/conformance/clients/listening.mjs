// What every app of these tests does, whichever library it is made with: it listens on a loopback port of its own for
// the answer of the authorization endpoint, reads one JSON command per line from standard input ({"do": "userinfo", …})
// and answers each with one JSON line: {"ok": true, "value": …} or
// {"ok": false, "error": {"name", "code", "error", "description", "message"}}. It ends with its input.

import { createServer } from "node:http";
import { createInterface } from "node:readline";

const PATIENCE_MS = 30_000; // how long the browser may take from the address to the callback

let arrived = []; // callbacks nobody asked for yet
let waiting = null; // who asked before it came

const listener = createServer((request, response) => {
  const here = new URL(request.url, redirectUri());
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.end(`<!doctype html><html lang="en"><title>App</title><main><h1>Back at the app</h1></main></html>`);
  if (!["/callback", "/"].includes(here.pathname)) return; // an icon, say
  if (waiting) waiting(here);
  else arrived.push(here);
});

export const redirectUri = () => `http://127.0.0.1:${listener.address().port}/callback`;
export const landing = () => `http://127.0.0.1:${listener.address().port}/`;

// The address with which somebody comes back, or came back a moment ago.
export function cameBack() {
  if (arrived.length) return Promise.resolve(arrived.shift());
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nobody came back within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    waiting = (url) => {
      clearTimeout(timer);
      waiting = null;
      resolve(url);
    };
  });
}

// The libraries wrap what they were told; the innermost words are the interesting ones.
function described(fault) {
  return {
    name: fault.name,
    code: fault.code ?? null,
    error: fault.error ?? null,
    description: fault.error_description ?? null,
    message: fault.message,
  };
}

async function answer(commands, line) {
  try {
    const command = JSON.parse(line);
    return { ok: true, value: await commands[command.do](command) };
  } catch (fault) {
    return { ok: false, error: described(fault) };
  }
}

// Answers commands until there are none. `commands`: what to do with each, by its word.
export function serve(commands) {
  listener.listen(0, "127.0.0.1", async () => {
    for await (const line of createInterface({ input: process.stdin })) {
      process.stdout.write(`${JSON.stringify(await answer(commands, line))}\n`);
    }
    listener.closeAllConnections();
    listener.close();
  });
}
