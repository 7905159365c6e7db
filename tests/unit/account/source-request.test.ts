import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sourceTransport } from "../../../provider/account/source-request";
import { thrownBy } from "../../support/thrown";

const HUSH = "hush-hush";
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: IncomingMessage[];
const port = () => (server.address() as AddressInfo).port;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (url: string, env: Record<string, string> = {}, timeoutMs = 5_000) =>
  sourceTransport({ url, method: "GET", headers: { "x-own": "1" }, body: undefined, timeoutMs, env });

test("an answer comes back as it is", async () => {
  answer = (_request, response) => response.writeHead(201, { "content-type": "text/plain" }).end("text");
  const { statusCode, body, headers } = await ask(`http://127.0.0.1:${port()}/c?token=${HUSH}`);
  expect([statusCode, body.toString(), headers["content-type"]]).toEqual([201, "text", "text/plain"]);
  expect(seen[0]?.headers["x-own"]).toBe("1");
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string, RegExp]>([
  ["no answer", () => {}, "again", /^127\.0\.0\.1:\d+ cannot be reached: no answer within 0\.05 s$/],
  ["a reset", (request) => request.socket.destroy(), "again", /cannot be reached: ECONNRESET$/],
  ["too much", (_request, response) => response.end(Buffer.alloc(2 ** 25)), "again", /too large$/],
])("%s", async (_what, how, kind, message) => {
  answer = how;
  const error = await thrownBy(ask(`http://127.0.0.1:${port()}/c?token=${HUSH}`, {}, how.length === 0 ? 50 : 5_000));
  expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
  expect(error.message).not.toContain(HUSH);
});

test("plain HTTP goes through the proxy of the environment, but never to this machine", async () => {
  answer = (_request, response) => response.end("from the proxy");
  const env = { HTTP_PROXY: `http://user:${HUSH}@127.0.0.1:${port()}` };
  expect((await ask("http://keys.example/c", env)).body.toString()).toBe("from the proxy");
  expect(seen[0]?.url).toBe("http://keys.example/c");
  expect(seen[0]?.headers).toMatchObject({
    host: "keys.example",
    "proxy-authorization": `Basic ${Buffer.from(`user:${HUSH}`).toString("base64")}`,
  });
  await ask(`http://127.0.0.1:${port()}/own`, { HTTP_PROXY: "http://127.0.0.1:9" });
  expect(seen[1]?.url).toBe("/own");
});

test("a proxy that asks for credentials is named, and final", async () => {
  answer = (_request, response) => response.writeHead(407).end(HUSH);
  const error = await thrownBy(ask("http://keys.example/c", { HTTP_PROXY: `http://127.0.0.1:${port()}` }));
  expect(error).toMatchObject({
    kind: "final",
    message: expect.stringMatching(/^keys\.example cannot be reached: .*proxy.* asks for credentials$/),
  });
});

test.each([
  [407, "final"],
  [403, "final"],
  [503, "again"],
])("a proxy that answers %s to CONNECT: %s", async (status, kind) => {
  server.on("connect", (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
  const env = { HTTPS_PROXY: `http://user:${HUSH}@127.0.0.1:${port()}` };
  const error = await thrownBy(ask("https://sts.example/", env));
  expect(error).toMatchObject({
    kind,
    message: expect.stringMatching(/^sts\.example cannot be reached: .*proxy 127/),
  });
  expect(error.message).not.toContain(HUSH);
});

test("a proxy that is none is final", async () => {
  expect(await thrownBy(ask("https://sts.example/", { HTTPS_PROXY: "socks5://x" }))).toMatchObject({ kind: "final" });
});
