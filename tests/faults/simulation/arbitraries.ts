import * as fc from "fast-check";
import { type FaultRule, SWITCHES, type Switches, type SwitchName } from "../../../sandbox/cloud";
import type { Script, Step } from "./script";
import type { Program } from "./stack";
import { type Crash, UNREACHABLE } from "./world";

export const ACTIONS = [
  "CreateLiveStreamMonitor",
  "UpdateLiveStreamMonitor",
  "StartLiveStreamMonitor",
  "StopLiveStreamMonitor",
  "DeleteLiveStreamMonitor",
  "DescribeLiveStreamMonitorList",
  "GetCallerIdentity",
  "*",
] as const;

/** Errors of the documents, of the gateway, and of nobody's documents. */
const ERRORS: Pick<FaultRule, "code" | "status">[] = [
  { code: "InternalError", status: 500 },
  { code: "ServiceUnavailable", status: 503 },
  { code: "Throttling.User", status: 400 },
  { code: "Throttling.Api", status: 429 },
  { code: "Throttling", status: 503 },
  { code: "InvalidAccessKeyId.NotFound", status: 404 },
  { code: "InvalidSecurityToken.Expired", status: 400 },
  { code: "SignatureNonceUsed", status: 400 },
  { code: "Forbidden.RAM", status: 403 },
  { code: "InvalidApi.NotFound", status: 404 },
  { code: "UserQuotaExceed", status: 403 },
  { code: "IllegalOperation", status: 401 },
  { code: "InvalidParameter.Malformed", status: 400 },
  ...[
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "InvalidSignatureMethod",
    "MissingSecurityToken",
    "InvalidTimeStamp.Expired",
    "NoSuchVersion",
    "MissingMonitorId",
    "InvalidMonitorId.Malformed",
    "InvalidUserId.Malformed",
    "InvalidIdentity.ServiceDisabled",
    "Rejected.Throttling",
  ].map((code) => ({ code, status: 400 })),
  ...["InvalidAction.NotFound", "InvalidProduct.NotFound", "InvalidDomain.NotFound"].map((code) => ({
    code,
    status: 404,
  })),
  { code: "NoPermission", status: 403 },
  { code: "InternalError", status: 400 },
  { code: "ServiceUnavailable", status: 400 },
  { code: "RequestTimeout", status: 408 },
  { code: "SomethingNew", status: 400 },
  { code: "SomethingNew", status: 404 },
  { code: "SomethingNew", status: 409 },
];

/** Every way in which a single call can go wrong. */
export const singleFaults: Omit<FaultRule, "action">[] = [
  ...ERRORS.map((error) => ({ kind: "error" as const, ...error })),
  ...(["drop-before", "drop-after", "html", "malformed", "hang", "endless"] as const).map((kind) => ({ kind })),
  { kind: "drop-before", code: UNREACHABLE },
  { kind: "delay", ms: 12_000 },
  { kind: "error", code: "InternalError", status: 500, commit: true },
];

const fault: fc.Arbitrary<FaultRule> = fc
  .record({
    action: fc.constantFrom(...ACTIONS),
    fault: fc.constantFrom(...singleFaults),
    after: fc.integer({ min: 0, max: 12 }),
    times: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ action, fault: what, after, times }) => ({ action, ...what, after, times }));

const monitor = fc.record(
  {
    running: fc.boolean(),
    onDelete: fc.constantFrom("stop", "stop", "stop", "wait", "refuse"),
    outputTemplate: fc.constantFrom("lp_ld", "lp_hd"),
    monitorName: fc.constantFrom("chosen", "chosen too"),
    region: fc.constantFrom("cn-shanghai", "cn-beijing"),
    callbackUrl: fc.constant("https://example.com/?token=hush-hush"),
    timeouts: fc.constantFrom({ delete: "30s" }, { create: "20s", update: "20s" }),
  },
  { requiredKeys: [] },
);

const program: fc.Arbitrary<Program> = fc
  .record({ r0: monitor, r1: monitor, r2: monitor }, { requiredKeys: [] })
  // Two resources with one chosen name would be the user's own mistake.
  .map((resources) => {
    const taken = new Set<string>();
    return Object.fromEntries(
      Object.entries(resources).map(([name, args]) => {
        const { monitorName, ...rest } = args;
        if (monitorName === undefined || taken.has(monitorName)) {
          return [name, rest];
        }
        taken.add(monitorName);
        return [name, args];
      }),
    );
  });

const crash: fc.Arbitrary<{ crash?: Crash }> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      crash: fc.record({
        victim: fc.constantFrom("plugin", "engine", "both"),
        atCall: fc.integer({ min: 1, max: 15 }),
        moment: fc.constantFrom("before", "committed", "answered"),
      }),
    }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.nat(2), crash).map(([index, cut]) => ({ do: "up" as const, program: index, ...cut })),
  },
  { weight: 2, arbitrary: crash.map((cut) => ({ do: "refresh" as const, ...cut })) },
  { weight: 3, arbitrary: crash.map((cut) => ({ do: "destroy" as const, ...cut })) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("meddle" as const),
      action: fc.constantFrom("start", "stop", "delete"),
      session: fc.nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "sweep" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("neighbour" as const), program: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 30_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("stranger" as const), operation: fc.constantFrom("refresh", "destroy") }),
  },
);

/** One setting, other than the default, of one switch that the documents leave open. */
export const openSettings: readonly Partial<Switches>[] = (Object.keys(SWITCHES) as SwitchName[])
  .filter((name) => SWITCHES[name].open)
  .flatMap((name) =>
    SWITCHES[name].choices
      .filter((choice) => choice !== SWITCHES[name].default)
      .map((choice) => ({ [name]: choice }) as Partial<Switches>),
  );

/** Random scripts; `settings` is how many switches at most are moved at a time. */
export function scripts(settings: number): fc.Arbitrary<Script> {
  return fc.record({
    seed: fc.nat(2 ** 31),
    face: fc.constantFrom("dynamic" as const, "plugin" as const),
    switches: fc
      .array(fc.constantFrom(...openSettings), { maxLength: settings })
      .map((list) => Object.assign({}, ...list) as Partial<Switches>),
    faults: fc.array(fault, { maxLength: 3 }),
    programs: fc.array(program, { minLength: 1, maxLength: 3 }),
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  });
}
