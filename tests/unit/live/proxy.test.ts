import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";
import type { Clock } from "../../../provider/base/clock";
import { type CallEvent, LiveClient } from "../../../provider/live/client";
import type { LiveError } from "../../../provider/live/errors";
import { Pacer } from "../../../provider/live/pacing";
import { proxyFor } from "../../../provider/live/proxy";
import type { Environment } from "../../../provider/live/request";
import { sdkTransport } from "../../../provider/live/transport";
import { CERTIFICATE } from "../../support/certificate";
import { ProxyServer } from "../../support/proxy-server";

/** A clock for tests with real connections: no wait takes any time. */
function hasty(): Clock {
  let time = 0;
  const sleep = async (ms: number) => {
    time += ms;
  };
  return { now: () => time, random: () => 0.5, sleep };
}

const PROXY = "http://proxy.example.com:3128";
const CLOUD = "https://live.aliyuncs.com";

describe("which proxy", () => {
  test.each<[string, Environment, string | undefined]>([
    [CLOUD, {}, undefined],
    [CLOUD, { HTTPS_PROXY: PROXY }, "HTTPS_PROXY"],
    [CLOUD, { https_proxy: PROXY }, "https_proxy"],
    [CLOUD, { ALL_PROXY: PROXY }, "ALL_PROXY"],
    [CLOUD, { all_proxy: PROXY }, "all_proxy"],
    [CLOUD, { ALL_PROXY: "socks5://proxy.example.com:1080" }, undefined],
    [CLOUD, { HTTPS_PROXY: PROXY, https_proxy: "http://other:1", ALL_PROXY: "http://third:1" }, "HTTPS_PROXY"],
    [CLOUD, { HTTPS_PROXY: " ", https_proxy: PROXY }, "https_proxy"],
    [CLOUD, { HTTP_PROXY: PROXY, http_proxy: PROXY }, undefined],
    ["http://keys.example.com/", { HTTP_PROXY: PROXY }, "HTTP_PROXY"],
    ["http://keys.example.com/", { HTTPS_PROXY: PROXY }, undefined],
    [CLOUD, { HTTPS_PROXY: "proxy.example.com:3128" }, "HTTPS_PROXY"],
    ...["localhost", "sub.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "100.100.100.200", "169.254.169.254"].map(
      (host): [string, Environment, undefined] => [`https://${host}:8443`, { HTTPS_PROXY: PROXY }, undefined],
    ),
  ])("%s in %j: %s", (url, env, variable) => {
    const found = proxyFor(new URL(url), env);
    expect(found?.name).toBe(variable === undefined ? undefined : `proxy.example.com:3128 (${variable})`);
  });

  test.each([
    ["*", true],
    ["live.aliyuncs.com", true],
    ["LIVE.ALIYUNCS.COM", true],
    ["live.aliyuncs.com.", true],
    ["aliyuncs.com", true],
    [".aliyuncs.com", true],
    ["*.aliyuncs.com", true],
    ["*aliyuncs.com", true],
    ["*cs.com:443", true],
    ["*:443", true],
    ["*:80", false],
    ["*cn.com", false],
    [".live.aliyuncs.com", false],
    ["iyuncs.com", false],
    ["sts.aliyuncs.com", false],
    ["other.example.com, live.aliyuncs.com", true],
    ["other.example.com live.aliyuncs.com", true],
    ["live.aliyuncs.com:443", true],
    [".aliyuncs.com:443", true],
    ["live.aliyuncs.com:8443", false],
    ["", false],
    [" , ", false],
  ])("NO_PROXY %j spares live.aliyuncs.com: %s", (NO_PROXY, isSpared) => {
    for (const env of [{ NO_PROXY }, { no_proxy: NO_PROXY }]) {
      expect(proxyFor(new URL(CLOUD), { HTTPS_PROXY: PROXY, ...env }) === undefined).toBe(isSpared);
    }
  });

  test.each([
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.0.0.0/8", true],
    ["10.1.2.3", "11.0.0.0/8", false],
    ["10.1.2.3", "10.0.0.0/99", false],
    ["10.1.2.3", "2.3", false],
    ["[fd00::1]", "fd00::1", true],
    ["[fd00::1]", "fd00:0:0:0:0:0:0:1", true],
    ["[fd00::1]", "[FD00:0::1]:443", true],
    ["[fd00::1]", "fd00:0:0:0:0:0:0:2", false],
    ["[fd00::1]", "fd00::/8", true],
    ["[fd00::1]", "[fd00::1]:443", true],
    ["[fd00::1]", "[fd00::1]:80", false],
  ])("%s and NO_PROXY %s: %s", (host, NO_PROXY, isSpared) => {
    expect(proxyFor(new URL(`https://${host}`), { HTTPS_PROXY: PROXY, NO_PROXY }) === undefined).toBe(isSpared);
  });

  test.each(["socks5://hush:hush@proxy:1", "http://", "::::", "ftp://proxy"])(
    "%s is refused by name",
    (HTTPS_PROXY) => {
      expect(() => proxyFor(new URL(CLOUD), { HTTPS_PROXY })).toThrow(/^HTTPS_PROXY is set, but is not the URL/);
    },
  );
});

describe("through a proxy", () => {
  let proxy: ProxyServer;
  let cloud: Server;
  const ports = new Set<number | undefined>();
  beforeAll(async () => {
    proxy = await ProxyServer.start();
    cloud = createServer(CERTIFICATE, (request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(200).end('{"RequestId": "r", "AccountId": "1000"}');
    });
    await new Promise<void>((resolve) => cloud.listen(0, "127.0.0.1", resolve));
    proxy.port = (cloud.address() as AddressInfo).port;
  });
  afterEach(() => {
    proxy.status = 200;
    proxy.asked.length = 0;
    jest.restoreAllMocks();
  });
  afterAll(() => {
    proxy.close();
    cloud.closeAllConnections();
    cloud.close();
  });

  /** Who am I, asked of a cloud that only the proxy reaches; how often it was sent, and what came of it. */
  async function ask(env: Environment, host = "cloud.example.com") {
    const clock = hasty();
    let sent = 0;
    const controller = new AbortController();
    const client = new LiveClient({
      ...{ clock, pacer: new Pacer(clock), transport: sdkTransport, env, region: "cn-shanghai" },
      endpoint: { protocol: "https", host },
      stsEndpoint: { protocol: "https", host },
      credential: async () => ({ accessKeyId: "k", accessKeySecret: "s", securityToken: "hush-token" }),
      rateLimitKey: async () => "k",
    });
    const observe = ({ what }: { what: string }) => {
      sent += what === "sent" ? 1 : 0;
      // The second attempt is enough to know that there is one.
      if (sent === 2) {
        controller.abort(new Error("again"));
      }
    };
    const context = { signal: controller.signal, beforeWrite: async () => {}, observe };
    const failures: LiveError[] = [];
    const note = (event: CallEvent) => {
      failures.push(...(event.error === undefined ? [] : [event.error]));
      observe(event);
    };
    const outcome: unknown = await client
      .callerIdentity({ accessKeyId: "key", accessKeySecret: "secret" }, { ...context, observe: note })
      .catch((error: unknown) => error);
    return { outcome, sent, message: failures[0]?.message ?? "", verdict: failures[0]?.verdict };
  }

  /** Makes this process trust the test's certificate, as NODE_EXTRA_CA_CERTS would. */
  function trust(): void {
    const { connect } = tls;
    jest
      .spyOn(tls, "connect")
      .mockImplementation(((options: tls.ConnectionOptions) =>
        connect({ ...options, ca: CERTIFICATE.cert })) as typeof tls.connect);
  }

  test("the cloud is reached by CONNECT, its own certificate is checked, and the connection is used again", async () => {
    trust();
    const env = { HTTPS_PROXY: proxy.url("me:p%40ss@") };
    expect((await ask(env)).outcome).toBe("1000");
    expect((await ask(env)).outcome).toBe("1000");
    const login = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(proxy.asked).toEqual([{ target: "cloud.example.com:443", login }]);
    expect(ports.size).toBe(1);
  });

  test.each([
    [407, 1, "fatal", /asks for credentials\.$/],
    [403, 1, "fatal", /refuses to connect to cloud\.example\.com\.$/],
    [404, 1, "fatal", /refuses to connect/],
    [429, 2, "transient", /no connection to cloud\.example\.com through/],
    [502, 2, "transient", /no connection to cloud\.example\.com through .* \(it answered HTTP 502\)/],
    [503, 2, "transient", /no connection to cloud\.example\.com through/],
  ])("a proxy that answers %d: sent %d times, %s", async (status, times, verdict, text) => {
    proxy.status = status;
    const { sent, message, ...rest } = await ask({ HTTPS_PROXY: proxy.url("me:hush-word@") });
    expect(message).toMatch(text);
    expect(message).toContain(`${new URL(proxy.url()).host} (HTTPS_PROXY)`);
    expect(message).not.toContain("hush");
    expect({ sent, ...rest }).toMatchObject({ sent: times, verdict });
  });

  test("a proxy that is not there is named, and tried again", async () => {
    const { sent, message, verdict } = await ask({ https_proxy: "http://me:hush-word@127.0.0.1:1" });
    expect(message).toMatch(/no connection to the proxy 127\.0\.0\.1:1 \(https_proxy\) \(ECONNREFUSED\)/);
    expect({ sent, verdict }).toEqual({ sent: 2, verdict: "transient" });
    expect(message).not.toContain("hush");
  });

  test("a certificate that nobody vouches for is final, with the way out", async () => {
    const { sent, message, verdict, outcome } = await ask({ HTTPS_PROXY: proxy.url() }, "cloud2.example.com");
    expect(message).toMatch(
      /no trusted connection to cloud2\.example\.com through the proxy .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    );
    expect({ sent, verdict }).toEqual({ sent: 1, verdict: "fatal" });
    expect((outcome as LiveError).advice).toMatch(/NODE_EXTRA_CA_CERTS/);
  });

  test("a certificate of another host is final", async () => {
    trust();
    const { sent, message } = await ask({ HTTPS_PROXY: proxy.url() }, "cloud3.example.com");
    expect(message).toMatch(/\(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    expect(sent).toBe(1);
  });

  test.each([
    ...["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "CERT_REVOKED", "CERT_UNTRUSTED", "CERT_SIGNATURE_FAILURE"],
    ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
    ...["SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_CHAIN_TOO_LONG", "INVALID_CA"],
    ...["INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED", "HOSTNAME_MISMATCH", "CRL_HAS_EXPIRED", "EPROTO"],
    ...["ERROR_IN_CERT_NOT_AFTER_FIELD", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"],
  ])("%s is final at the first attempt", async (code) => {
    jest.spyOn(tls, "connect").mockImplementation((() => {
      const socket = new Duplex({ read() {}, write() {} });
      process.nextTick(() => socket.destroy(Object.assign(new Error("quotes https://x/?hush"), { code })));
      return Object.assign(socket, { secureConnecting: true });
    }) as unknown as typeof tls.connect);
    const { sent, message, verdict } = await ask({ HTTPS_PROXY: proxy.url() }, "cloud4.example.com");
    expect({ sent, verdict }).toEqual({ sent: 1, verdict: "fatal" });
    expect(message).toContain(`(${code})`);
    expect(message).not.toContain("hush");
  });
});
