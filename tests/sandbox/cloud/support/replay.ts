import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccountKey } from "../../../../sandbox/cloud";
import { sdkCall } from "./sdk";

export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface RawAnswer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What the SDK sends for a call, kept instead of answered: to be sent elsewhere, as it is or with something changed. */
export async function recordCall(key: AccountKey, action: string, query = {}): Promise<RecordedRequest> {
  const seen: RecordedRequest[] = [];
  const recorder = createServer(({ method = "", url = "", headers }, response) => {
    seen.push({ method, path: url, headers: { ...headers } as Record<string, string> });
    response.end("{}");
  });
  await new Promise<void>((resolve) => recorder.listen(0, "127.0.0.1", () => resolve()));
  const { port } = recorder.address() as AddressInfo;
  await sdkCall(`http://127.0.0.1:${port}`, key, action, query);
  recorder.closeAllConnections();
  await new Promise((resolve) => recorder.close(resolve));
  return seen[0] as RecordedRequest;
}

/** Sends a request as it is, and reads the answer to its end; fails when the connection breaks. */
export function send(endpoint: string, { method, path, headers, body }: RecordedRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
