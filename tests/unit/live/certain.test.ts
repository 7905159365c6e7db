import { execFileSync } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import zlib from "node:zlib";
import { classify, type Verdict } from "../../../provider/live/errors";
import { sdkTransport, TransportFailure, type TransportRequest } from "../../../provider/live/transport";
import type { Action } from "../../../provider/live/types";

const WRITES = ["Create", "Update", "Start", "Stop", "Delete"].map((verb) => `${verb}LiveStreamMonitor`) as Action[];
const READS: Action[] = ["DescribeLiveStreamMonitorList", "GetCallerIdentity"];
const ALL = [...WRITES, ...READS];
const CODES = ["NotJson", "Malformed", "FlowControl", "SystemBusy", "InvalidParameter.Malformed", "Forbidden.RAM"];
const rows = (actions: Action[], codes: string[], statuses: number[], verdict: Verdict, after?: number) =>
  actions.flatMap((action) =>
    codes.flatMap((code) => statuses.map((status) => [action, code, status, after, verdict] as const)),
  );

/** Status × code × call × header. */
test.each([
  ...rows(ALL, [...CODES, "Throttling.User"], [407, 413, 414, 431], "fatal"),
  ...rows(ALL, CODES, [429], "throttled"),
  ...rows(ALL, CODES, [400, 401, 403, 404, 409, 429, 499], "throttled", 200),
  ...rows(WRITES, ["StreamMonitorNotExist"], [400, 404, 429], "gone", 200),
  ...rows(READS, ["StreamMonitorNotExist"], [404, 429], "fatal", 200),
  ...rows(WRITES, ["NotJson", "FlowControl", "SystemBusy"], [500, 502, 503, 504], "ambiguous"),
  ...rows(WRITES, ["NotJson", "FlowControl", "SystemBusy"], [500, 502, 503, 504], "ambiguous", 200),
  ...rows(READS, ["NotJson", "FlowControl", "SystemBusy"], [500, 502, 503, 504], "transient", 200),
  ...rows(WRITES, ["SomethingNew", "Malformed"], [200, 202], "ambiguous"),
  ...rows(READS, ["SomethingNew", "Malformed"], [200, 202], "transient"),
  ...rows(ALL, ["CannotSend", "NotTrusted"], [0], "fatal"),
  ...rows(ALL, ["Forbidden.RAM"], [403], "fatal"),
])("%s answered %s (HTTP %d, to come back in %p) is %s", (action, code, status, after, verdict) => {
  expect(classify(action, code, status, after).verdict).toBe(verdict);
});

const request = (port: number, changes: Partial<TransportRequest> = {}): TransportRequest => ({
  action: "CreateLiveStreamMonitor",
  version: "2016-11-01",
  endpoint: { protocol: "http", host: `127.0.0.1:${port}` },
  query: { InputList: '[{"InputUrl":"rtmp://x/?auth_key=hush-hush"}]' },
  credential: { accessKeyId: "k", accessKeySecret: "s" },
  signal: new AbortController().signal,
  env: {},
  ...changes,
});

describe("what comes back", () => {
  let server: Server;
  let listener: RequestListener;
  beforeAll(async () => {
    server = createServer((incoming, response) => listener(incoming, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = () => (server.address() as AddressInfo).port;
  const answer = (body: Buffer | string, headers: Record<string, string> = {}, status = 200): void => {
    listener = (_request, response) => response.writeHead(status, headers).end(body);
  };
  const outcome = () =>
    sdkTransport(request(port())).catch((error: unknown) => {
      expect(error).toBeInstanceOf(TransportFailure);
      expect((error as Error).message).not.toContain("hush");
      return error as TransportFailure;
    });
  const JSON_TEXT = '{"RequestId": "r", "Name": "墙"}';
  const GOOD = { httpStatus: 200, body: { RequestId: "r", Name: "墙" } };

  test.each<[string, Buffer | string, Record<string, string>]>([
    ["plain", JSON_TEXT, {}],
    ["html by its type", JSON_TEXT, { "content-type": "text/html" }],
    ["with a byte order mark", `\ufeff${JSON_TEXT}`, {}],
    ["gzip", zlib.gzipSync(JSON_TEXT), { "content-encoding": "gzip" }],
    ["x-gzip, in capitals", zlib.gzipSync(JSON_TEXT), { "content-encoding": "X-GZIP" }],
    ["deflate", zlib.deflateSync(JSON_TEXT), { "content-encoding": "deflate" }],
    ["br", zlib.brotliCompressSync(JSON_TEXT), { "content-encoding": "br" }],
    ["identity", JSON_TEXT, { "content-encoding": "identity" }],
    ["utf-16le", Buffer.from(JSON_TEXT, "utf16le"), { "content-type": "application/json; charset=utf-16le" }],
    ["an unknown charset", JSON_TEXT, { "content-type": "application/json; charset=klingon" }],
  ])("%s is read", async (_what, body, headers) => {
    answer(body, headers);
    expect(await outcome()).toMatchObject(GOOD);
  });

  const BOMB = Buffer.alloc(17 * 1024 * 1024, " ");
  test.each<[string, Buffer | string, Record<string, string>]>([
    ["a gzip bomb", zlib.gzipSync(BOMB), { "content-encoding": "gzip" }],
    ["a deflate bomb", zlib.deflateSync(BOMB), { "content-encoding": "deflate" }],
    [
      "a brotli bomb",
      zlib.brotliCompressSync(BOMB, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
      { "content-encoding": "br" },
    ],
    ["what is no gzip", JSON_TEXT, { "content-encoding": "gzip" }],
    ["half a gzip", zlib.gzipSync(JSON_TEXT).subarray(0, 20), { "content-encoding": "gzip" }],
    ["an unknown encoding", JSON_TEXT, { "content-encoding": "zstd" }],
    ["17 MB", Buffer.concat([Buffer.from(JSON_TEXT), BOMB]), {}],
    ["nothing", "", {}],
    ["a page", "<html></html>", {}],
    ["less than it promised", JSON_TEXT, { "content-length": "999" }],
  ])("%s is no answer", async (_what, body, headers) => {
    answer(body, headers);
    if (headers["content-length"] !== undefined) {
      listener = (_request, response) => response.writeHead(200, headers).write(body, () => response.destroy());
    }
    expect(await outcome()).toMatchObject({ kind: "not-json", httpStatus: 200 });
  });

  test("204 is no answer, and a header bomb ends in one either", async () => {
    answer("", {}, 204);
    expect(await outcome()).toMatchObject({ kind: "not-json", httpStatus: 204 });
    answer(JSON_TEXT, { "x-bomb": "x".repeat(64 * 1024) });
    expect(await outcome()).toMatchObject({ kind: "no-answer", code: "HPE_HEADER_OVERFLOW" });
  });

  test("407 from a proxy that is no tunnel is told as such", async () => {
    answer('{"Code": "x"}', {}, 407);
    expect(await outcome()).toMatchObject({ kind: "unsendable", httpStatus: 407 });
  });

  test("an error in XML keeps its code", async () => {
    answer(
      '<?xml version="1.0"?>\n<Error><Code>Throttling.User</Code><Message>slow</Message><RequestId>r</RequestId></Error>',
      {},
      400,
    );
    expect(await outcome()).toMatchObject({
      kind: "refusal",
      code: "Throttling.User",
      requestId: "r",
      message: "slow",
    });
  });

  test.each([
    ["1500", 1500],
    ["999999", 60_000],
    ["0", undefined],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("x-acs-retry-after: %s", async (value, expected) => {
    for (const name of ["x-acs-retry-after", "X-Acs-Retry-After"]) {
      for (const body of ['{"Code": "FlowControl"}', "<html></html>"]) {
        answer(body, { [name]: value }, 400);
        expect(((await outcome()) as TransportFailure).retryAfterMs).toBe(expected);
      }
    }
  });

  test("no debug switch of Node or of a library makes a request visible", () => {
    const script = `
      const { sdkTransport } = require(${JSON.stringify(join(__dirname, "../../../dist/provider/live/transport.js"))});
      const server = require("node:http").createServer((request, response) => response.end('{"RequestId":"r"}'));
      server.listen(0, "127.0.0.1", async () => {
        const endpoint = { protocol: "http", host: "127.0.0.1:" + server.address().port };
        const credential = { accessKeyId: "k", accessKeySecret: "hush-secret", securityToken: "hush-token" };
        const query = { InputList: "rtmp://x/?auth_key=hush-key" };
        for (let i = 0; i < 2; i += 1) {
          await sdkTransport({ action: "CreateLiveStreamMonitor", version: "v", endpoint, query, credential, signal: new AbortController().signal });
        }
        console.log("sent");
        server.closeAllConnections();
        server.close();
      });`;
    // The server's own side would print what it is sent: only what Node prints for clients is asked for.
    const env = {
      ...process.env,
      DEBUG: "*",
      NODE_DEBUG: "https,net,tls,http2,fetch,undici,module",
      ALIBABA_CLOUD_DEBUG: "sdk",
    };
    const printed = execFileSync(process.execPath, ["-e", `${script}`], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(printed).toContain("sent");
    expect(printed).not.toContain("hush");
  });
});

test.each([
  [
    "an access key id with a long dash",
    { accessKeyId: "a\u2013b" },
    /access key id holds .*ALIBABA_CLOUD_ACCESS_KEY_ID/,
  ],
  ["an access key id with a space", { accessKeyId: "a b" }, /access key id/],
  ["an access key id of Latin-1", { accessKeyId: "caf\u00e9" }, /access key id/],
  ["an empty access key id", { accessKeyId: "" }, /access key id/],
  ["a token with a line break", { securityToken: "tok\nen" }, /security token holds .*ALIBABA_CLOUD_SECURITY_TOKEN/],
  ["a token with a curly quote", { securityToken: "\u201ctoken\u201d" }, /security token/],
])("%s cannot be sent, and is not shown", async (_what, part, text) => {
  const credential = { accessKeyId: "k", accessKeySecret: "s", ...part };
  const failure: TransportFailure = await sdkTransport(request(1, { credential })).then(
    () => new Error("it was sent"),
    (error) => error,
  );
  expect(failure).toMatchObject({ kind: "unsendable", message: expect.stringMatching(text) });
  expect(failure.message).not.toContain(Object.values(part)[0] || "\0");
});
