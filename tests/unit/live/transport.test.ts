import diagnostics from "node:diagnostics_channel";
import { type ClientRequest, createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { sdkTransport, TransportFailure, type TransportRequest } from "../../../provider/live/transport";
import { type CloudServer, startCloud } from "../../../sandbox/cloud/index";

const SECRET = "rtmp://play.example.com/a/b?auth_key=hush-hush";

function request(endpoint: string, changes: Partial<TransportRequest> = {}): TransportRequest {
  const { host } = new URL(endpoint);
  return {
    action: "DescribeLiveStreamMonitorList",
    version: "2016-11-01",
    endpoint: { protocol: "http", host },
    query: { RegionId: "cn-shanghai", PageNum: "1", PageSize: "10", Note: SECRET },
    credential: { accessKeyId: "sandbox-key-one", accessKeySecret: "sandbox-secret-one" },
    signal: new AbortController().signal,
    ...changes,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<TransportFailure> {
  const error = await promise.then(
    () => new Error("it went well"),
    (each: unknown) => each,
  );
  expect(error).toBeInstanceOf(TransportFailure);
  expect(`${(error as Error).message} ${(error as Error).stack}`).not.toContain("hush-hush");
  return error as TransportFailure;
}

describe("on the emulated cloud", () => {
  let cloud: CloudServer;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterEach(() => cloud.cloud.reset());
  afterAll(() => cloud.close());

  test("an answer comes with its status and body", async () => {
    const answer = await sdkTransport(request(cloud.endpoint));
    expect(answer).toMatchObject({ httpStatus: 200, body: { LiveStreamMonitorList: [], Total: 0 } });
    expect(answer.bytes).toBeGreaterThan(JSON.stringify(answer.body).length);
  });

  test("a refusal keeps code, status and request id", async () => {
    const credential = { accessKeyId: "unknown", accessKeySecret: "x" };
    const failure = await failureOf(sdkTransport(request(cloud.endpoint, { credential })));
    expect(failure).toMatchObject({ kind: "refusal", code: "InvalidAccessKeyId.NotFound", httpStatus: 404 });
    expect(failure.requestId).toMatch(/^[0-9A-F-]+$/);
  });

  test("what the SDK cannot even sign is not tried again, and not told in its words", async () => {
    const credential = { accessKeyId: "k", accessKeySecret: { hush: "hush-hush" } as unknown as string };
    expect(await failureOf(sdkTransport(request(cloud.endpoint, { credential })))).toMatchObject({
      kind: "unsendable",
      message: "the SDK cannot make this request",
    });
  });

  test("a temporary key is sent with its token", async () => {
    cloud.cloud.accounts = [{ accountId: "1", accessKeyId: "k", accessKeySecret: "s", securityToken: "t" }];
    const credential = { accessKeyId: "k", accessKeySecret: "s", securityToken: "t" };
    expect((await sdkTransport(request(cloud.endpoint, { credential }))).httpStatus).toBe(200);
  });

  test.each([
    ["html", "not-json", 503],
    ["drop-before", "no-answer", undefined],
    ["drop-after", "no-answer", undefined],
  ] as const)("%s is %s", async (kind, expected, httpStatus) => {
    cloud.cloud.setFaults([{ action: "*", kind }]);
    expect(await failureOf(sdkTransport(request(cloud.endpoint)))).toMatchObject({ kind: expected, httpStatus });
  });

  test("an endless answer is cut off before it fills the memory", async () => {
    cloud.cloud.setFaults([{ action: "*", kind: "endless", ms: 1 }]);
    const before = process.memoryUsage().rss;
    expect((await failureOf(sdkTransport(request(cloud.endpoint)))).kind).toMatch(/^(no-answer|not-json)$/);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
  });

  test("an abort ends a call that never answers", async () => {
    cloud.cloud.setFaults([{ action: "*", kind: "hang" }]);
    const controller = new AbortController();
    const call = sdkTransport(request(cloud.endpoint, { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(call).rejects.toThrow("enough");
  });
});

describe("on odd servers", () => {
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
  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answering = (status: number, body: string, headers: Record<string, string> = {}): RequestListener => {
    return (_request, response) => response.writeHead(status, headers).end(body);
  };

  test.each([
    ["a redirect", 302, "", "not-json"],
    ["null", 200, "null", "not-json"],
    ["an array", 200, "[]", "not-json"],
    ["half an object", 200, '{"RequestId": "x"', "not-json"],
    ["an empty error", 500, "", "not-json"],
  ])("%s is no answer of the API", async (_what, status, body, kind) => {
    listener = answering(status, body);
    expect((await failureOf(sdkTransport(request(endpoint())))).kind).toBe(kind);
  });

  test.each([300, 302, 399])("what the SDK lets pass is looked at: %d is a redirect", async (status) => {
    listener = answering(status, '{"RequestId": "r"}');
    const failure = await failureOf(sdkTransport(request(endpoint())));
    expect(failure).toMatchObject({ kind: "not-json", httpStatus: status });
    expect(failure.message).toMatch(/redirect, not an answer of the API/);
  });

  test.each([200, 201, 299])("%d is an answer", async (status) => {
    listener = answering(status, '{"RequestId": "r"}');
    expect(await sdkTransport(request(endpoint()))).toMatchObject({ httpStatus: status, body: { RequestId: "r" } });
  });

  test("a refusal in small letters is one, and one that says nothing says so", async () => {
    listener = answering(400, '{"code": "Odd", "message": "small", "RequestId": 7}');
    const small = await failureOf(sdkTransport(request(endpoint())));
    expect(small).toMatchObject({ kind: "refusal", code: "Odd", httpStatus: 400, requestId: undefined });
    expect(small.message).toContain("small");
    listener = answering(400, '{"Code": "Odd"}');
    expect((await failureOf(sdkTransport(request(endpoint())))).message).not.toBe("");
  });

  test("what broke is told in the system's word for it", async () => {
    listener = (incoming) => incoming.socket.resetAndDestroy();
    const failure = await failureOf(sdkTransport(request(endpoint())));
    expect(failure).toMatchObject({ kind: "no-answer", code: "ECONNRESET", message: "ECONNRESET" });
  });

  test("a call that has ended leaves nothing behind: neither timers nor a listener at the signal", async () => {
    listener = answering(200, '{"RequestId": "r"}');
    const { signal } = new AbortController();
    const [added, removed] = [jest.spyOn(signal, "addEventListener"), jest.spyOn(signal, "removeEventListener")];
    const timers = [jest.spyOn(global, "clearTimeout")];
    await sdkTransport(request(endpoint(), { signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed.mock.calls.map(([, cut]) => cut)).toEqual(added.mock.calls.map(([, cut]) => cut));
    for (const cleared of timers) {
      expect(cleared).toHaveBeenCalled();
      cleared.mockRestore();
    }
  });

  test("the cloud's hint when to come back is kept, within reason", async () => {
    const body = JSON.stringify({ Code: "Throttling.User", Message: "slow down", RequestId: "r" });
    listener = answering(429, body, { "x-acs-retry-after": "1500" });
    expect(await failureOf(sdkTransport(request(endpoint())))).toMatchObject({ retryAfterMs: 1500, httpStatus: 429 });
    listener = answering(429, body, { "x-acs-retry-after": "-1" });
    expect((await failureOf(sdkTransport(request(endpoint())))).retryAfterMs).toBeUndefined();
  });

  test("what was never connected was not sent", async () => {
    expect(await failureOf(sdkTransport(request("http://127.0.0.1:1")))).toMatchObject({ kind: "not-sent" });
    const nowhere = request("http://no-such-host.invalid");
    expect(await failureOf(sdkTransport(nowhere))).toMatchObject({ kind: "not-sent" });
  });

  /** Breaks the next request with an error, as the system would: before it has a connection, or once that stands. */
  function breakNext(error: NodeJS.ErrnoException): void {
    const onRequest = (message: unknown) => {
      diagnostics.unsubscribe("http.client.request.start", onRequest);
      const { request } = message as { request: ClientRequest };
      const cut = () => request.destroy(error);
      if (error.syscall === "connect") {
        cut();
      } else {
        const breakOff = (socket: Socket) => (socket.connecting ? socket.once("connect", cut) : cut());
        request.socket === null ? request.once("socket", breakOff) : breakOff(request.socket);
      }
    };
    diagnostics.subscribe("http.client.request.start", onRequest);
  }

  test.each([
    ["read", "no-answer"],
    ["connect", "not-sent"],
  ])("a host that becomes unreachable, while the system does %s: %s", async (syscall, kind) => {
    listener = () => {};
    breakNext(Object.assign(new Error(`${syscall} EHOSTUNREACH`), { code: "EHOSTUNREACH", syscall }));
    expect(await failureOf(sdkTransport(request(endpoint())))).toMatchObject({ kind, code: "EHOSTUNREACH" });
  });

  test("a call that is ended before its request is announced is cut off too", async () => {
    listener = () => {};
    const controller = new AbortController();
    const call = sdkTransport(request(endpoint(), { signal: controller.signal }));
    controller.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
  });

  test("what a connection has carried before does not make an answer too large", async () => {
    const carried = new Map<number | undefined, number>();
    const body = JSON.stringify({ RequestId: "r", Note: "x".repeat(6 * 1024 * 1024) });
    listener = (incoming, response) => {
      const { remotePort } = incoming.socket;
      carried.set(remotePort, (carried.get(remotePort) ?? 0) + 1);
      response.writeHead(200, { "content-length": body.length }).write(body.slice(0, -1));
      setTimeout(() => response.end("}"), 150);
    };
    for (let i = 0; i < 6; i += 1) {
      expect((await sdkTransport(request(endpoint()))).httpStatus).toBe(200);
    }
    expect(Math.max(...carried.values())).toBeGreaterThanOrEqual(3);
  });

  test("each call has a nonce of its own, and holds its own request by it", async () => {
    const nonces: unknown[] = [];
    listener = (incoming, response) => {
      nonces.push(incoming.headers["x-acs-signature-nonce"]);
      const hangs = incoming.url?.includes("PageNum=2") === true;
      if (!hangs) {
        response.writeHead(200).end('{"RequestId": "r"}');
      }
    };
    const controller = new AbortController();
    const query = { ...request(endpoint()).query, PageNum: "2" };
    const hanging = sdkTransport(request(endpoint(), { query, signal: controller.signal }));
    expect((await sdkTransport(request(endpoint()))).httpStatus).toBe(200);
    controller.abort(new Error("enough"));
    await expect(hanging).rejects.toThrow("enough");
    expect(new Set(nonces).size).toBe(2);
  });
});
