import { type OutgoingHttpHeaders, request } from "node:http";
import { type CloudServer, startCloud } from "../../../sandbox/cloud";
import { FIELDS, INPUTS, MINE } from "./support/lab";
import { sdkCall } from "./support/sdk";

let server: CloudServer;
beforeAll(async () => {
  server = await startCloud({ accounts: [MINE] });
});
afterEach(() => server.cloud.reset());
afterAll(() => server.close());

const CSRF = { action: "create", ...FIELDS, InputList: JSON.stringify(INPUTS) };

/** `fetch` sets some of these headers itself. */
function send(method: string, path: string, headers: OutgoingHttpHeaders, body = "", endpoint = server.endpoint) {
  return new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${endpoint}${path}`, { method, headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    sent.on("error", reject).end(body);
  });
}

const port = () => new URL(server.endpoint).port;
const filled = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, value.replace("PORT", port())]));

const FOREIGN: [string, Record<string, string>][] = [
  ["another origin", { origin: "http://evil.example" }],
  ["another origin by TLS", { origin: "https://127.0.0.1:PORT" }],
  ["another page of this machine", { origin: "http://127.0.0.1:1" }],
  ["an origin that is like ours", { origin: "http://127.0.0.1:PORT.evil.example" }],
  ["an origin under another name of ours", { origin: "http://localhost:PORT" }],
  ["an origin that is not told", { origin: "null" }],
  ["an empty origin", { origin: "" }],
  ["an extension", { origin: "chrome-extension://abcdef" }],
  ["a request across sites", { "sec-fetch-site": "cross-site" }],
  ["a request across ports", { "sec-fetch-site": "same-site" }],
  ["a name that points here", { host: "evil.example:PORT" }],
  ["a name that points here, as its own page", { host: "evil.example:PORT", origin: "http://evil.example:PORT" }],
  ["a name that begins like an address", { host: "127.0.0.1.evil.example:PORT" }],
  ["a name that ends like ours", { host: "evil-localhost.example:PORT" }],
  ["a name with a user", { host: "localhost@evil.example:PORT" }],
];
const FOREIGN_TO_CONTROL: [string, Record<string, string>][] = [
  ["another port", { host: "127.0.0.1:1" }],
  ["no port", { host: "localhost" }],
  ["an address that is not loopback", { host: "192.0.2.1:PORT" }],
  ["all addresses", { host: "0.0.0.0:PORT" }],
  ["a name without a dot", { host: "sandbox:PORT" }],
  ["a reserved name", { host: "evil.localhost:PORT" }],
];

test.each([...FOREIGN, ...FOREIGN_TO_CONTROL])(
  "a web page is not let in to the control plane: %s",
  async (_what, headers) => {
    await sdkCall(server.endpoint, MINE, "Create", FIELDS);
    const answers = [
      await send("GET", "/_sandbox/sessions", filled(headers)),
      await send("OPTIONS", "/_sandbox/sessions", filled(headers)),
      await send("GET", "/_sandbox/nothing", filled(headers)),
      await send("POST", "/_sandbox/reset", filled(headers)),
      await send("POST", "/_sandbox/act", filled({ ...headers, "content-type": "text/plain" }), JSON.stringify(CSRF)),
    ];
    expect(answers).toEqual([403, 403, 403, 403, 403]);
    expect(server.cloud.sessions.all()).toHaveLength(1);
  },
);

test.each(FOREIGN)("a web page is not let in to the API: %s", async (_what, headers) => {
  expect(await send("POST", "/?MonitorName=x", filled(headers))).toBe(403);
  expect(server.cloud.journal).toEqual([]);
});

test.each<[string, Record<string, string>]>([
  ["curl", {}],
  ["a name of loopback", { host: "localhost:PORT" }],
  ["in capitals", { host: "LOCALHOST:PORT" }],
  ["with a dot", { host: "localhost.:PORT" }],
  ["another address of loopback", { host: "127.0.0.2:PORT" }],
  ["IPv6", { host: "[::1]:PORT" }],
  ["our own page", { origin: "http://127.0.0.1:PORT", "sec-fetch-site": "same-origin" }],
  ["the address bar", { "sec-fetch-site": "none" }],
])("%s is let in", async (_what, headers) => {
  expect(await send("GET", "/_sandbox/sessions", filled(headers))).toBe(200);
  expect(await send("POST", "/", filled(headers))).toBe(400);
});

test.each(["sandbox:8080", "192.0.2.1", "host.docker.internal:1", "live.aliyuncs.com", "[2001:db8::1]:80"])(
  "the API is reached under the name %s",
  async (host) => expect(await send("POST", "/", { host })).toBe(400),
);

test("a server on IPv6 knows its own name", async () => {
  const v6 = await startCloud({ host: "::1" }).catch(() => undefined);
  if (v6 === undefined) {
    // This machine has no IPv6.
    return;
  }
  expect(await send("GET", "/_sandbox/calls", {}, "", v6.endpoint)).toBe(200);
  expect(await send("GET", "/_sandbox/calls", { origin: v6.endpoint }, "", v6.endpoint)).toBe(200);
  expect(await send("GET", "/_sandbox/calls", { origin: server.endpoint }, "", v6.endpoint)).toBe(403);
  await v6.close();
});

test("a body without end is refused, and no page can embed an answer", async () => {
  const big = "x".repeat(5 * 1024 * 1024);
  expect((await fetch(`${server.endpoint}/_sandbox/act`, { method: "POST", body: big })).status).toBe(413);
  const { headers } = await fetch(`${server.endpoint}/_sandbox/sessions`);
  expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  expect(headers.get("access-control-allow-origin")).toBeNull();
});
