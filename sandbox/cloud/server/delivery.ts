import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "../api/cloud";

const PROXY_PAGE = "<html><body><h1>Service Unavailable</h1></body></html>";
/** A malformed answer: JSON in which every field has the wrong type. */
const NONSENSE = '{"RequestId": 42, "LiveStreamMonitorList": {}}';
/** An endless answer comes in pieces, so that the client reaches its limit before this machine's memory is full. */
const PIECE = " ".repeat(64 * 1024);
const BETWEEN_PIECES_MS = 20;

/** Sends an answer, changed as the fault requires. */
export async function deliver({ answer, fault }: Outcome, response: ServerResponse): Promise<void> {
  switch (fault?.kind) {
    case "drop-before":
    case "drop-after":
      response.destroy();
      return;
    case "hang":
      return;
    case "html":
      send(response, answer.httpStatus, "text/html", fault.body ?? PROXY_PAGE);
      return;
    case "malformed":
      send(response, fault.status ?? 200, "application/json", fault.body ?? NONSENSE);
      return;
    case "endless":
      await sendForEver(response, fault.ms ?? BETWEEN_PIECES_MS);
      return;
    case "delay":
      await sleepWhileOpen(response, fault.ms ?? 0);
  }
  if (answer.httpStatus === 0) {
    response.destroy();
    return;
  }
  send(response, answer.httpStatus, "application/json;charset=utf-8", JSON.stringify(answer.body), answer.headers);
}

function send(response: ServerResponse, status: number, type: string, body: string, headers = {}): void {
  response.writeHead(status, { "content-type": type, ...headers }).end(body);
}

async function sendForEver(response: ServerResponse, ms: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  while (!response.destroyed) {
    if (response.writableLength < PIECE.length) {
      response.write(PIECE);
    }
    await sleepWhileOpen(response, ms);
  }
}

/** Sleeps until the time is over or the connection closes, so that no timer keeps a closed server alive. */
async function sleepWhileOpen(response: ServerResponse, ms: number): Promise<void> {
  const closed = new AbortController();
  const abort = () => closed.abort();
  response.once("close", abort);
  await sleep(ms, undefined, { signal: closed.signal }).catch(() => {});
  response.off("close", abort);
}
