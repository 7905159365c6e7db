import { Failure } from "../../../provider/base/errors";
import { redact, redactMessage } from "../../../provider/base/redact";
import type { Transport } from "../../../provider/live/transport";
import { TransportFailure } from "../../../provider/live/transport";
import type { Action } from "../../../provider/live/types";
import { isAutomaticName, ownerFromUrn } from "../../../provider/model/names";
import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

/** Texts that nobody may see as they are, wherever they come from. */
const NASTY: readonly [string, string][] = [
  ["a URL with a key", "rtmp://play.example.com/a/b?auth_key=HUSH-HUSH"],
  ["a login", "https://me:HUSH-HUSH@example.com/"],
  ["an answer in an answer", '{"Message":"{\\"SecurityToken\\":\\"HUSH-HUSH\\"}"}'],
  ["a header", "Authorization: Basic HUSH-HUSH, x"],
  ["control characters", "\u001b]0;x\u0007\u001b[2J\u0000\u009b31m"],
  ["a text that turns round", "a\u202eb\u2066c\u200bd"],
  ["a line of the terminal's", "x\r\nerror: \u2028y"],
  ["a very long word", "x".repeat(100_000)],
  ["very many words", "x y ".repeat(25_000)],
  ["half a character", "x\ud83d"],
];

function expectFit(texts: readonly unknown[]): void {
  const unfit = [...new Set(texts)].filter(
    (text) => typeof text !== "string" || /HUSH|[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text) || text.length > 4_000,
  );
  expect(unfit).toEqual([]);
}

/** All that can be seen of a call: its error, as Pulumi is given it, and every line. */
async function seenOf(stage: Stage, call: () => Promise<unknown> | undefined): Promise<unknown[]> {
  const error: unknown = await stage.clock.run(Promise.resolve(call())).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { message, stack, reasons = [] } = (error ?? {}) as { message?: string; stack?: string; reasons?: string[] };
  const thrown = error === undefined ? [] : [message, stack, ...reasons];
  return [...thrown, ...stage.shown];
}

const FIELDS = ["monitorId", "region", "endpoint", "accountId", "seal", "monitorName", "domain", "onDelete", "__urn"];
const NEWS = { ...ARGS, region: "cn-shanghai", monitorName: "wall", __urn: URN, __provider: "x", __auto: [] };

/** Each action, and the hooks that send it. */
const SENDERS: readonly [Action, readonly ("create" | "read" | "update" | "delete")[]][] = [
  ["DescribeLiveStreamMonitorList", ["create", "read", "update", "delete"]],
  ["CreateLiveStreamMonitor", ["create"]],
  ["StartLiveStreamMonitor", ["create"]],
  ["StopLiveStreamMonitor", ["update"]],
  ["DeleteLiveStreamMonitor", ["delete"]],
  ["UpdateLiveStreamMonitor", ["update"]],
  ["GetCallerIdentity", ["create"]],
];

describe.each(NASTY)("%s", (_what, nasty) => {
  test.each(FIELDS)("in a state's %s", async (key) => {
    for (const hook of ["read", "delete", "update", "diff"] as const) {
      const stage = new Stage();
      const { id, outs } = await stage.create(ARGS);
      stage.cloud.sessions.clear();
      const olds = { ...outs, [key]: nasty };
      const call = {
        read: () => stage.hooks.read?.(id, olds),
        delete: () => stage.hooks.delete?.(id, olds),
        update: () => stage.hooks.update?.(id, olds, { ...NEWS, domain: "b.example.com" }),
        diff: () => stage.hooks.diff?.(id, olds, { ...NEWS, adopt: { byName: true }, region: nasty }),
      }[hook];
      expectFit(await seenOf(stage, call));
    }
  });

  test.each(["read", "get", "delete", "update"] as const)("as the id of a %s", async (hook) => {
    const stage = new Stage();
    const { outs } = await stage.create(ARGS);
    stage.cloud.sessions.clear();
    const olds = { ...outs, monitorId: nasty };
    const call = {
      read: () => stage.hooks.read?.(nasty, olds),
      get: () => stage.hooks.read?.(nasty, { __get: true, region: "cn-shanghai" }),
      delete: () => stage.hooks.delete?.(nasty, outs),
      update: () => stage.hooks.update?.(nasty, olds, { ...NEWS, domain: "b.example.com" }),
    }[hook];
    const seen = await seenOf(stage, call);
    expect(seen.length).toBeGreaterThan(0);
    expectFit(seen);
  });

  test("in what is declared", async () => {
    const stage = new Stage();
    expectFit(await seenOf(stage, () => stage.hooks.create({ ...NEWS, monitorName: nasty, adopt: { byName: true } })));
    expectFit(await seenOf(stage, () => stage.hooks.create({ ...NEWS, adopt: { monitorId: nasty } })));
    expectFit(await seenOf(stage, () => stage.hooks.create({ ...NEWS, monitorName: nasty, stream: nasty })));
    const { failures = [] } =
      (await stage.hooks.check?.({}, { ...NEWS, [nasty]: 1, monitorConfig: { [nasty]: {} } })) ?? {};
    expectFit(failures.map(({ reason }) => reason));
  });

  test("in the names that other sessions have", async () => {
    const stage = new Stage();
    const id = stage.cloud.add({ MonitorName: `a--b--c${nasty}--12345678`, Domain: "play.example.com" });
    stage.cloud.add({ MonitorName: `shop--dev--wall--12345678`, MonitorId: nasty });
    expectFit(await seenOf(stage, () => stage.hooks.create({ ...NEWS, adopt: { monitorId: id } })));
    stage.cloud.add({ MonitorName: nasty, Domain: ARGS.domain });
    expectFit(await seenOf(stage, () => stage.hooks.create({ ...NEWS, monitorName: nasty, stream: "s" })));
  });

  test.each(SENDERS)("in the answers to %s", async (action, hooks) => {
    const refusals: TransportFailure[] = [
      new TransportFailure("refusal", nasty, 403, "Forbidden", nasty),
      new TransportFailure("refusal", "no", 403, nasty, "r-1"),
      new TransportFailure("no-answer", nasty, undefined, nasty),
    ];
    for (const refusal of refusals) {
      const stage = new Stage();
      const { id, outs } = await stage.create({ ...ARGS, running: true });
      const ordinary = stage.cloud.transport;
      // Not for ever: what is tried again until the deadline says the same each time.
      let left = 4;
      const transport: Transport = async (request) => {
        left -= request.action === action ? 1 : 0;
        if (request.action === action && left >= 0) {
          throw refusal;
        }
        return ordinary(request);
      };
      Object.assign(stage.cloud, { transport });
      stage.start();
      const calls = {
        create: () => stage.hooks.create({ ...NEWS, running: true }),
        read: () => stage.hooks.read?.(id, outs),
        update: () => stage.hooks.update?.(id, outs, { ...NEWS, domain: "b.example.com", running: false }),
        delete: () => stage.hooks.delete?.(id, outs),
      };
      for (const hook of hooks) {
        left = 4;
        expectFit(await seenOf(stage, calls[hook]));
        expect(left).toBeLessThan(4);
      }
    }
  });

  test("in any text", () => {
    expectFit([redact(nasty), redactMessage(nasty), redact(redact(nasty)), redactMessage(`a ${nasty} b ${nasty} c`)]);
  });
});

test("a long message keeps its beginning, which says what failed, and its end, which says what to do", () => {
  const shown = redactMessage(`It failed: ${"word ".repeat(20_000)}. Run \`pulumi up\` again.`);
  expect(shown).toMatch(/^It failed: word .* … .*word \. Run `pulumi up` again\.$/);
  expect(shown.length).toBeLessThanOrEqual(4_000);
});

test("what was redacted once stays as it is", () => {
  for (const [, nasty] of NASTY) {
    const once = redactMessage(`before ${nasty} after`);
    expect(redactMessage(once)).toBe(once);
  }
});

/** Each took the square or the cube of its length, or would if it were written carelessly. Only the test's own limit counts here. */
const LONG = 100_000;
const UNITS = [
  "-",
  "a",
  "?",
  "/",
  "a://",
  "&a=",
  "a=",
  "token",
  "token=",
  '"',
  "'\"",
  '\\"',
  "\\",
  ":",
  "::",
  "@",
  "//",
  "// ",
  "a ",
  " ",
  "\t\n",
  "\u200b",
  "Bearer ",
  "Authorization:",
  "%3A%2F%2F",
  "\ud83d",
];

test.each(UNITS)("100 kB of %j hold nothing up", async (unit) => {
  const long = unit.repeat(LONG / unit.length);
  expect(redact(long).length).toBeLessThanOrEqual(500);
  expect(redactMessage(`${long} ${long}`, ["a secret"]).length).toBeLessThanOrEqual(4_000);
  expect(isAutomaticName(long)).toBe(false);
  expect(typeof isAutomaticName(`a--b--c--${long}--12345678`)).toBe("boolean");
  ownerFromUrn(long);
  ownerFromUrn(`urn:pulumi:${long}`);
  const stage = new Stage();
  await stage.hooks.check?.({}, { ...ARGS, domain: long, monitorName: long, region: long, callbackUrl: long });
  const id = stage.cloud.add({
    MonitorName: long,
    Domain: long,
    OutputUrls: { FlvUrl: long, RtmpUrl: `rtmp://a/${long}` },
  });
  expectFit(await seenOf(stage, () => stage.hooks.create({ ...NEWS, adopt: { monitorId: id } })));
});

describe("who owns a resource", () => {
  test.each([
    ["urn:pulumi:dev::shop::t:m:T::wall", { stack: "dev", project: "shop", resource: "wall" }],
    ["urn:pulumi:dev::shop::a$b::wa::ll", { stack: "dev", project: "shop", resource: "wa::ll" }],
    ["urn:pulumi::x::shop::t::wall", { stack: ":x", project: "shop", resource: "wall" }],
    ["urn:pulumi:dev::shop::t::", undefined],
    ["urn:pulumi:dev::shop::t", undefined],
    ["urn:pulumi:dev", undefined],
    ["pulumi:dev::shop::t::wall", undefined],
    ["", undefined],
  ])("%s", (urn, owner) => {
    expect(ownerFromUrn(urn)).toEqual(owner);
  });
});

test("an error of ours is redacted as soon as it is made: it may be quoted by another before it leaves", () => {
  expect(new Failure("see rtmp://play.example.com/a/b?auth_key=topsecret now").message).not.toContain("topsecret");
});

describe("an answer that repeats the bare key of the session's address", () => {
  const echo = { kind: "refuse", code: "Topsecret", status: 403, message: "the key topsecret is known to us" } as const;

  test.each(["UpdateLiveStreamMonitor", "StartLiveStreamMonitor", "DescribeLiveStreamMonitorList"] as const)(
    "%s, in an update",
    async (action) => {
      const stage = new Stage();
      const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
      stage.cloud.script(action, echo);
      const error = await thrownBy(stage.update(id, outs, { ...ARGS, monitorName: "wall", app: "x", running: true }));
      expect(error.message).toContain("***");
      expect([error.message, ...stage.shown].join()).not.toContain("topsecret");
    },
  );

  test.each(["StopLiveStreamMonitor", "DeleteLiveStreamMonitor"] as const)("%s, in a delete", async (action) => {
    const stage = new Stage();
    const { id, outs } = await stage.create({ ...ARGS, running: true });
    stage.cloud.script(action, echo);
    const error = await thrownBy(stage.delete(id, outs));
    expect([error.message, ...stage.shown].join()).not.toContain("topsecret");
  });
});
