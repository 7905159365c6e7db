import type { CallContext, CallEvent } from "../../../provider/live/client";
import { LiveClient } from "../../../provider/live/client";
import { LiveError } from "../../../provider/live/errors";
import { Pacer } from "../../../provider/live/pacing";
import { type Credential, TransportFailure, type TransportRequest } from "../../../provider/live/transport";
import { toParameters } from "../../../provider/model/mapping";
import { secretTexts } from "../../../provider/model/secrets";
import { mostWithinASecond } from "../../support/rates";
import { VirtualClock } from "../../support/virtual-clock";

const ENDPOINT = { protocol: "https", host: "live.example.com" } as const;
const STS = { protocol: "https", host: "sts.example.com" } as const;

type Answer = (request: TransportRequest) => Promise<{ httpStatus: number; body: Record<string, unknown> }>;

/** A client on answers that a test gives, and all that it sent, asked and told. */
const ANOTHER = { accessKeyId: "another", accessKeySecret: "secret" };

class Lab {
  readonly clock = new VirtualClock(0);
  readonly sent: TransportRequest[] = [];
  readonly times: number[] = [];
  readonly events: CallEvent[] = [];
  readonly controller = new AbortController();
  readonly changed: string[] = [];
  asked = 0;
  account = async () => "account";
  credential: () => Promise<Credential> = async () => ({ accessKeyId: "key", accessKeySecret: "the-key-secret" });
  answer: Answer = async () => ({ httpStatus: 200, body: { RequestId: "r" } });

  readonly client = new LiveClient({
    endpoint: ENDPOINT,
    stsEndpoint: STS,
    region: "cn-shanghai",
    credential: () => this.credential(),
    rateLimitKey: () => this.account(),
    onChange: (monitorId) => this.changed.push(monitorId),
    pacer: new Pacer(this.clock),
    clock: this.clock,
    transport: (request) => {
      this.sent.push(request);
      this.times.push(this.clock.now());
      return this.answer(request);
    },
  });

  readonly context: CallContext = {
    signal: this.controller.signal,
    beforeWrite: async () => {
      this.asked += 1;
    },
    observe: (event) => this.events.push(event),
  };

  run<T>(call: (client: LiveClient, context: CallContext) => Promise<T>): Promise<T> {
    return this.clock.run(call(this.client, this.context));
  }

  /** The error of a call that must fail. */
  async failure(call: (client: LiveClient, context: CallContext) => Promise<unknown>): Promise<LiveError> {
    const error = await this.run(call).then(
      () => new Error("it went well"),
      (each: unknown) => each,
    );
    expect(error).toBeInstanceOf(LiveError);
    return error as LiveError;
  }
}

const ok =
  (body: Record<string, unknown> = {}) =>
  async () => ({ httpStatus: 200, body: { RequestId: "r", ...body } });
const refusal =
  (code: string, status: number, message = "no", retryAfterMs?: number) =>
  async () => {
    throw new TransportFailure("refusal", message, status, code, "req", retryAfterMs);
  };

test.each([
  ["update", "UpdateLiveStreamMonitor", { MonitorId: "m", MonitorName: "n" }],
  ["start", "StartLiveStreamMonitor", { MonitorId: "m" }],
  ["stop", "StopLiveStreamMonitor", { MonitorId: "m" }],
  ["delete", "DeleteLiveStreamMonitor", { MonitorId: "m" }],
] as const)("%s is sent as %s, after the question whether it may be", async (name, action, query) => {
  const lab = new Lab();
  await lab.run((client, context) =>
    name === "update" ? client.update("m", { MonitorName: "n" }, context) : client[name]("m", context),
  );
  expect(lab.sent).toMatchObject([{ action, version: "2016-11-01", endpoint: ENDPOINT }]);
  expect(lab.sent[0]?.query).toEqual({ RegionId: "cn-shanghai", ...query });
  expect(lab.asked).toBe(1);
  expect(lab.events).toEqual([
    { action, what: "waiting" },
    { action, what: "sent", credential: { accessKeyId: "key", accessKeySecret: "the-key-secret" } },
    { action, what: "answered", requestId: "r" },
  ]);
});

const parameters = { MonitorName: "n", Domain: "d", InputList: "[]", OutputTemplate: "lp_hd", Stream: "s", App: "a" };

test("a create returns the id that the cloud gave", async () => {
  const lab = new Lab();
  lab.answer = ok({ MonitorId: "m-1" });
  expect(await lab.run((client, context) => client.create(parameters, context))).toBe("m-1");
  expect(lab.sent[0]?.query).toEqual({ RegionId: "cn-shanghai", ...parameters });
});

test.each([
  ["one session", { monitorId: "m", size: 2 }, { MonitorId: "m", PageNum: "1", PageSize: "2" }],
  ["a page", { page: 3, size: 50 }, { PageNum: "3", PageSize: "50" }],
])("a list of %s changes nothing, so nobody is asked before", async (_what, query, sent) => {
  const lab = new Lab();
  lab.answer = ok({ Total: 0, LiveStreamMonitorList: [] });
  await lab.run((client, context) => client.list(query, context));
  expect(lab.sent[0]?.query).toEqual({ RegionId: "cn-shanghai", ...sent });
  expect(lab.asked).toBe(0);
});

test("whose key it is, STS is asked", async () => {
  const lab = new Lab();
  lab.answer = ok({ AccountId: "1000" });
  expect(await lab.run((client, context) => client.callerIdentity(ANOTHER, context))).toBe("1000");
  expect(lab.sent).toMatchObject([
    { action: "GetCallerIdentity", version: "2015-04-01", endpoint: STS, query: {}, credential: ANOTHER },
  ]);
  expect(lab.asked).toBe(0);
});

test("each attempt asks for the credentials anew, and a token goes along", async () => {
  const lab = new Lab();
  let key = 0;
  lab.credential = async () => ({ accessKeyId: `key ${++key}`, accessKeySecret: "s", securityToken: `token ${key}` });
  lab.answer = () => (lab.sent.length < 2 ? refusal("Throttling.User", 429)() : ok()());
  await lab.run((client, context) => client.delete("m", context));
  expect(lab.sent.map(({ credential }) => credential.securityToken)).toEqual(["token 1", "token 2"]);
  expect(lab.events.flatMap(({ credential }) => credential?.accessKeyId ?? [])).toEqual(["key 1", "key 2"]);
});

test("a queue that is another each time cannot make a throttled call spin", async () => {
  const lab = new Lab();
  let queue = 0;
  lab.account = async () => `account ${++queue}`;
  lab.answer = () => (lab.sent.length > 1_000 ? refusal("Forbidden", 403)() : refusal("Throttling.User", 429)());
  const reason = new Error("the deadline");
  void lab.clock.sleep(10_000).then(() => lab.controller.abort(reason));
  await expect(lab.run((client, context) => client.delete("m", context))).rejects.toBe(reason);
  expect(lab.sent.length).toBeLessThanOrEqual(101);
});

test("throttled: it waits for its turn, as long as the cloud says, and tells so", async () => {
  const lab = new Lab();
  lab.answer = () => (lab.sent.length < 2 ? refusal("Throttling.User", 429, "slow", 5_000)() : ok()());
  await lab.run((client, context) => client.stop("m", context));
  expect(lab.times[1]).toBeGreaterThanOrEqual(5_000);
  const failed = lab.events.filter(({ what }) => what === "failed");
  expect(failed).toMatchObject([
    { error: { code: "Throttling.User", httpStatus: 429, requestId: "req", verdict: "throttled" } },
    { error: { code: "Throttling.User" }, retryInMs: 100 },
  ]);
  expect(failed[0]).not.toHaveProperty("retryInMs");
});

test("a 5xx to a write is settled by the caller; when it says when to come back, the next such call waits until then", async () => {
  const lab = new Lab();
  lab.answer = () => (lab.sent.length < 2 ? refusal("SystemBusy", 503, "busy", 5_000)() : ok()());
  const failure = await lab.failure((client, context) => client.delete("m", context));
  expect(failure).toMatchObject({ verdict: "ambiguous", retryAfterMs: 5_000 });
  await lab.run((client, context) => client.delete("m", context));
  expect(lab.times).toHaveLength(2);
  expect(Number(lab.times[1]) - Number(lab.times[0])).toBeGreaterThanOrEqual(5_000);
});

test.each(["ServiceUnavailable", "InternalError"])("a question that met %s is asked again, later", async (code) => {
  const lab = new Lab();
  lab.answer = () => (lab.sent.length < 3 ? refusal(code, 503)() : ok({ Total: 0, LiveStreamMonitorList: [] })());
  await lab.run((client, context) => client.list({ page: 1, size: 10 }, context));
  expect(lab.sent).toHaveLength(3);
  expect(lab.times[2]).toBeGreaterThanOrEqual(750);
});

test.each([
  ["a lost answer", new TransportFailure("no-answer", "no answer within 10 s"), "ambiguous"],
  ["an answer that is not JSON", new TransportFailure("not-json", "html", 502), "ambiguous"],
  ["what no transport throws", new TypeError("odd"), "ambiguous"],
  ["a refusal without a code", new TransportFailure("refusal", "no", 400), "busy"],
])("%s to a write comes back at once, for the caller to settle", async (_what, error, verdict) => {
  const lab = new Lab();
  lab.answer = async () => {
    throw error;
  };
  const failure = await lab.failure((client, context) => client.delete("m", context));
  expect(failure).toMatchObject({ verdict, action: "DeleteLiveStreamMonitor" });
  expect(lab.sent).toHaveLength(1);
});

test("what is known of a failure stays with it, and what is not known is absent", async () => {
  const lab = new Lab();
  lab.answer = refusal("Forbidden", 403, "not yours");
  const refused = await lab.failure((client, context) => client.delete("m", context));
  expect(refused).toMatchObject({ code: "Forbidden", httpStatus: 403, requestId: "req" });
  expect(refused.message).toContain("not yours");
  lab.answer = async () => {
    throw new TransportFailure("no-answer", "no answer within 10 s");
  };
  const lost = await lab.failure((client, context) => client.delete("m", context));
  expect([lost.httpStatus, lost.requestId, lost.retryAfterMs]).toEqual([undefined, undefined, undefined]);
});

test("who may not write any more does not", async () => {
  const lab = new Lab();
  lab.context.beforeWrite = async () => {
    throw new Error("the engine is gone");
  };
  await expect(lab.run((client, context) => client.stop("m", context))).rejects.toThrow("the engine is gone");
  expect(lab.sent).toEqual([]);
});

test.each(["the credentials", "the answer"])("the signal ends the wait for %s, with its reason", async (what) => {
  const lab = new Lab();
  const never = () => new Promise<never>(() => {});
  if (what === "the credentials") {
    lab.credential = never;
  } else {
    lab.answer = never;
  }
  const reason = new Error("the deadline");
  void lab.clock.sleep(1_000).then(() => lab.controller.abort(reason));
  await expect(lab.run((client, context) => client.stop("m", context))).rejects.toBe(reason);
  expect(lab.events.some((event) => event.what === "failed")).toBe(false);
});

describe("secrets of a call, repeated by a refusal", () => {
  const query = "auth_key=1-2-3-abcdef&token=quite;session=s3cr3t";
  const declared = {
    inputList: [
      { inputUrl: `rtmp://a.example.com/app/one?${query}`, layoutId: 1 },
      { layoutId: 2, inputUrl: 'rtmp://a.example.com/app/t"wo?pass=wo"rd' },
    ],
    callbackUrl: "https://hook.example.com/c?callback-token=hush",
    dingTalkWebHookUrl: "https://oapi.dingtalk.com/robot/send?access_token=ding",
  };
  const parameters = toParameters(declared);
  const secretly = (context: CallContext, values: object) => ({
    ...context,
    secrets: () => secretTexts(values as Record<string, unknown>, true),
  });
  const words = [
    ...["auth_key=1-2-3-abcdef", "1-2-3-abcdef", "token=quite", "quite", "s3cr3t", "rtmp://a.example.com/app/one"],
    ...['t"wo?pass', 'wo"rd', "callback-token=hush", "hush", "access_token=ding", "ding"],
  ];

  test.each(words)("%s", async (word) => {
    for (const spelt of [word, encodeURIComponent(word), JSON.stringify(word).slice(1, -1)]) {
      const lab = new Lab();
      const whole = Object.values(parameters).filter((each) => each.includes(word));
      const said = word.includes("rtmp") ? (whole[0] as string) : spelt;
      lab.answer = refusal("InvalidParameter", 400, `this is bad: <${said}>`);
      const { message } = await lab.failure((client, context) =>
        client.update("m", parameters, secretly(context, declared)),
      );
      expect(message).not.toContain(said);
      expect(message).toContain("this is bad: <");
    }
  });

  test.each([
    ["as a signature spells it", "https://bot:p!ssw0rd@hook.example.com/", "bot%3Ap%21ssw0rd%40hook"],
    ["the password alone", "https://bot:p4ssw0rd@hook.example.com/", "p4ssw0rd"],
    ["decoded", "https://hook.example.com/?token=s3cr%2Fet%2Bxyz", "s3cr/et+xyz"],
    ["in small letters", "https://hook.example.com/?token=s3cr/et", "s3cr%2fet"],
    ["a fragment", "https://hook.example.com/#fr4gment", "fr4gment"],
    ["not a code at all", "https://hook.example.com/?token=100%", "100%"],
  ])("another spelling: %s", async (_what, callbackUrl, said) => {
    const lab = new Lab();
    lab.answer = refusal("InvalidParameter", 400, `this is bad: <${said}>`);
    const { message } = await lab.failure((client, context) =>
      client.update("m", { CallbackUrl: callbackUrl }, secretly(context, { callbackUrl })),
    );
    expect(message).not.toContain(said.replace("hook", ""));
    expect(message).toContain("this is bad: <");
  });

  test("the key's own secret and token", async () => {
    const lab = new Lab();
    lab.credential = async () => ({ accessKeyId: "key", accessKeySecret: "key-hush", securityToken: "token+hush/" });
    lab.answer = refusal("SignatureDoesNotMatch", 400, "signed with key-hush and token%2Bhush%2F, token+hush/");
    const { message } = await lab.failure((client, context) => client.stop("m", context));
    expect(message).toContain("signed with");
    expect(message).not.toMatch(/hush/);
  });

  test("what an answer itself says is wrong is cleaned too", async () => {
    const lab = new Lab();
    lab.answer = async () => ({
      httpStatus: 200,
      body: { Code: "Odd", Message: "see https://hook.example.com/c?callback-token=hush", RequestId: "r" },
    });
    const { message } = await lab.failure((client, context) => client.update("m", parameters, context));
    expect(message).toMatch(/Odd/);
    expect(message).not.toMatch(/hush/);
  });

  test("words too short to be secrets stay", async () => {
    const lab = new Lab();
    lab.answer = refusal("InvalidParameter", 400, "the cat sat");
    const short = { CallbackUrl: "https://hook.example.com/c?a=cat" };
    expect((await lab.failure((client, context) => client.update("m", short, context))).message).toContain("the cat");
  });
});

test("a token that is renewed while a call waits for its turn is the one that is sent, in the same queue", async () => {
  const lab = new Lab();
  let renewals = 0;
  lab.credential = async () => {
    renewals = lab.clock.now() < 1_000 ? 0 : 1;
    return { accessKeyId: `key ${renewals}`, accessKeySecret: "secret" };
  };
  // Each operation has a signal of its own, as in the provider.
  const own = () => ({ ...lab.context, signal: new AbortController().signal });
  await lab.run((client) => Promise.all(Array.from({ length: 40 }, () => client.stop("m", own()))));
  expect(lab.sent.map(({ credential }) => credential.accessKeyId)).toEqual([
    ...Array(10).fill("key 0"),
    ...Array(30).fill("key 1"),
  ]);
  expect(mostWithinASecond(lab.times)).toBeLessThanOrEqual(10);
});

test("whoever keeps lists is told of every session that a call changed, or may have changed", async () => {
  const lab = new Lab();
  await lab.run((client, context) => client.start("started", context));
  lab.answer = async () => {
    throw new TransportFailure("no-answer", "lost");
  };
  await lab.failure((client, context) => client.stop("maybe stopped", context));
  lab.answer = ok({ MonitorId: "m-1" });
  const created = await lab.run((client, context) => client.create(parameters, context));
  // Before the call and after it, but for a create, whose session has no id before.
  expect(lab.changed).toEqual(["started", "started", "maybe stopped", "maybe stopped", created]);
});
