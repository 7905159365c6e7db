import * as fc from "fast-check";
import type { Action } from "../../provider/live/types";
import { INPUT_KEYS } from "../../provider/model/fields";
import { ARGS, Stage, URN } from "../support/stage";
import { SEED, SHARE, share } from "./share";

const MEBIBYTE = "x".repeat(1024 * 1024);
/** More than anybody reads, and less than Pulumi's own messages can carry. */
const LONGEST_ERROR = 20_000;

/** Parsed, because written as a literal `__proto__` would be no key. */
const POLLUTING = JSON.parse(
  '{ "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } }, "prototype": {} }',
);

const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

const HOSTILE: Record<string, unknown> = {
  "a mebibyte of text": MEBIBYTE,
  "ten thousand inputs": Array.from({ length: 10_000 }, () => ({ inputUrl: "rtmp://a/b/c" })),
  "ten thousand inputs that are nothing": Array.from({ length: 10_000 }, () => null),
  "an input with a mebibyte": [{ inputUrl: `rtmp://${MEBIBYTE}` }],
  "an input with ten thousand keys": [
    Object.fromEntries(Array.from({ length: 10_000 }, (_each, i) => [`key${i}`, MEBIBYTE.slice(0, 100)])),
  ],
  "a key of a mebibyte": { [MEBIBYTE]: 1 },
  "keys that pollute prototypes": POLLUTING,
  "an input with keys that pollute prototypes": [POLLUTING],
  "a thousand levels": nested(1000),
  "control characters": "a\u0000\u001b[31m\u0007b",
  "half of a pair of surrogates": "\ud83d",
  "text that runs backwards": "\u202egpj.exe",
  "not a number": Number.NaN,
  endless: Number.POSITIVE_INFINITY,
  "too large for a whole number": 2 ** 60,
  "minus zero": -0,
};

/** What the plugin host would get from `check`, as far as it is shown. */
async function checked(args: object): Promise<string[]> {
  const { failures = [] } = (await new Stage().start().check?.({}, { __provider: "", __urn: URN, ...args })) ?? {};
  return failures.map(({ reason }) => reason);
}

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

const PLACES = Object.entries(HOSTILE).flatMap(([what, value]) => INPUT_KEYS.map((key) => [what, key, value] as const));

test.each(share(PLACES))("%s in the program, as `%s`", async (_what, key, value) => {
  const reasons = await checked({ ...ARGS, [key]: value });
  // Odd but valid text is let through; whatever is too much, or of another type, is a mistake that stays readable.
  expect(reasons.join("\n").length).toBeLessThan(LONGEST_ERROR);
  if (typeof value !== "string" || value === MEBIBYTE) {
    const isFree = key === "monitorConfig" && reasons.length === 0;
    expect(isFree || reasons.some((each) => each.startsWith(`\`${key}`))).toBe(true);
  }
});

test.each(Object.entries(HOSTILE))("%s in the program, as a key that is no argument", async (_what, value) => {
  const reasons = await checked({ ...ARGS, somethingElse: value });
  expect(reasons).toEqual([expect.stringMatching(/^`somethingElse` is not a property of StreamMonitor$/)]);
});

test("whatever a program declares, check answers, and quotes nothing of it", async () => {
  const anything = fc.anything({ withBigInt: false, withDate: false, withNullPrototype: true, maxDepth: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...INPUT_KEYS), anything, async (key, value) => {
      const reasons = await checked({ ...ARGS, callbackUrl: "ftp://hush-hush", [key]: value });
      expect(reasons.join("\n").length).toBeLessThan(LONGEST_ERROR);
      expect(reasons.join("\n")).not.toContain("hush-hush");
    }),
    { numRuns: Math.ceil(2000 * SHARE), seed: SEED },
  );
});

const ACTIONS: Action[] = [
  "CreateLiveStreamMonitor",
  "UpdateLiveStreamMonitor",
  "StartLiveStreamMonitor",
  "StopLiveStreamMonitor",
  "DeleteLiveStreamMonitor",
  "DescribeLiveStreamMonitorList",
  "GetCallerIdentity",
];
const ID = "00000000-0000-4000-8000-000000000001";

/** Bodies that parse, and say anything: of the documents' fields, with any value at all. */
const body = fc.oneof(
  fc.record(
    {
      RequestId: fc.jsonValue(),
      MonitorId: fc.jsonValue(),
      AccountId: fc.jsonValue(),
      Total: fc.oneof(fc.constant(1e300), fc.constant(-1), fc.jsonValue()),
      LiveStreamMonitorList: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              MonitorId: fc.oneof(fc.constant(ID), fc.jsonValue()),
              Status: fc.jsonValue(),
              InputList: fc.jsonValue(),
              OutputUrls: fc.jsonValue(),
              MonitorConfig: fc.jsonValue(),
              CallbackUrl: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    },
    { requiredKeys: [] },
  ),
  fc.constant(POLLUTING as Record<string, unknown>),
);

/** Garbage of one action for as long as it lasts: the session is never lost, and every error is one that can be read. */
test("whatever a cloud answers, no session is lost, and nothing is taken for gone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ACTIONS),
      fc.array(body, { minLength: 1, maxLength: 4 }),
      async (action, garbage) => {
        const stage = new Stage({ ALICLOUD_LIVE_DELETE_TIMEOUT: "20s" });
        const { id, outs } = await stage.create({ ...ARGS, running: true });
        const twists = Array.from({ length: 400 }, (_each, i) => ({
          kind: "answer" as const,
          body: garbage[i % garbage.length] as Record<string, unknown>,
        }));
        stage.cloud.script(action, ...twists);
        const read = await stage.read(id, outs).catch(readable);
        // An empty list of the documents' form is the cloud's word that there is none.
        const isEmpty = garbage.some(({ LiveStreamMonitorList: list }) => Array.isArray(list) && list.length === 0);
        expect(read === undefined || read.id === id || isEmpty).toBe(true);
        await stage.update(id, outs, { ...ARGS, outputTemplate: "lp_ld", running: false }).catch(readable);
        const isDeleted = await stage.delete(id, outs).then(() => true, readable);
        // A 200 with whatever body is the cloud's word for a delete that was carried out; nothing else is.
        expect(isDeleted === true && action !== "DeleteLiveStreamMonitor" && stage.cloud.sessions.has(id)).toBe(false);
        await stage.create(ARGS).catch(readable);
      },
    ),
    { numRuns: Number(process.env.HOSTILE_RUNS ?? Math.ceil(200 * SHARE)), seed: SEED },
  );
});

function readable(error: Error): undefined {
  expect(error.message).not.toMatch(/Unexpected error/);
  expect(error.message.length).toBeLessThan(2_000);
  return undefined;
}
