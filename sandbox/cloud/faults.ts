import { z } from "zod";
import { seeded } from "./random";
import { checked } from "./validation";

const ACTIONS = [
  "CreateLiveStreamMonitor",
  "UpdateLiveStreamMonitor",
  "StartLiveStreamMonitor",
  "StopLiveStreamMonitor",
  "DeleteLiveStreamMonitor",
  "DescribeLiveStreamMonitorList",
  "GetCallerIdentity",
  "*",
];

/** A rule for faults in answers. */
export interface FaultRule {
  /** The call that it applies to, or `*`. */
  action: string;
  /**
   * - `drop-before`: the connection breaks, and the call is not carried out.
   * - `drop-after`: the call is carried out, then the connection breaks.
   * - `delay`: the call is carried out, and the answer comes `ms` later.
   * - `error`: an error is answered, and the call is not carried out, unless `commit` is set.
   * - `html`: the same with an HTML page, as a proxy sends.
   * - `malformed`: the call is carried out, and the answer is 200 with `body`, or with fields of wrong types.
   * - `endless`: the call is carried out, and the answer never ends.
   * - `hang`: the call is not carried out, and there is no answer.
   */
  kind: (typeof KINDS)[number];
  /** For `error` and `html`: the HTTP status. Default 500 and 503. */
  status?: number | undefined;
  /** For `error`: the code. Default `InternalError`. */
  code?: string | undefined;
  /** For `error`: the message. */
  message?: string | undefined;
  /** For `html` and `malformed`: the text of the answer. */
  body?: string | undefined;
  /** Whether the call is carried out. Default: depends on `kind`. */
  commit?: boolean | undefined;
  /** For `delay`: its length. For `endless`: the time between two pieces. In milliseconds. */
  ms?: number | undefined;
  /** Only calls on this session. */
  monitorId?: string | undefined;
  /** How many matching calls pass before the first fault. Default 0. */
  after?: number | undefined;
  /** How many calls it affects. Default: all. */
  times?: number | undefined;
  /** Probability of the fault, from 0 to 1. Default 1. */
  probability?: number | undefined;
  /** For `probability`. Default: the rule's position in the list, so that every run is the same. */
  seed?: number | undefined;
}

const KINDS = ["drop-before", "drop-after", "delay", "error", "html", "malformed", "endless", "hang"] as const;

const rule = z
  .strictObject({
    action: z.string().refine((name) => ACTIONS.includes(name), `must be one of ${ACTIONS.join(", ")}`),
    kind: z.enum(KINDS),
    status: z.int().min(200).max(599).optional(),
    code: z.string().max(200).optional(),
    message: z.string().max(1000).optional(),
    body: z.string().max(100_000).optional(),
    commit: z.boolean().optional(),
    ms: z.int().min(0).max(3_600_000).optional(),
    monitorId: z.string().optional(),
    after: z.int().min(0).optional(),
    times: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    seed: z.int().optional(),
  } satisfies Record<keyof FaultRule, z.ZodType>)
  .refine((each) => each.kind !== "delay" || each.ms !== undefined, { path: ["ms"], message: "a delay needs ms" });

const COMMITTED: readonly FaultRule["kind"][] = ["drop-after", "delay", "malformed", "endless"];

/** Checks a list of rules, and reports every mistake at once. */
export function parseFaults(value: unknown): FaultRule[] {
  return checked(z.array(rule), value, "faults");
}

/** Whether a call with this fault is carried out. */
export function isCommitted({ kind, commit }: FaultRule): boolean {
  return commit ?? COMMITTED.includes(kind);
}

interface RuleState {
  rule: FaultRule;
  /** Matching calls so far. */
  seen: number;
  /** Calls that it affected. */
  hits: number;
  random: () => number;
}

/** Chooses the fault for each call: the first rule that applies. The same rules and calls give the same faults. */
export class Faults {
  private readonly states: RuleState[];

  constructor(rules: readonly FaultRule[]) {
    this.states = rules.map((each, i) => ({ rule: each, seen: 0, hits: 0, random: seeded(each.seed ?? i + 1) }));
  }

  decide(call: { action: string; monitorId?: string | undefined }): FaultRule | undefined {
    return this.states.find((state) => hits(state, call))?.rule;
  }

  /** The rules, with how many calls each matched and affected. */
  report(): (FaultRule & { seen: number; hits: number })[] {
    return this.states.map(({ rule: each, seen, hits: hit }) => ({ ...each, seen, hits: hit }));
  }
}

function hits(state: RuleState, { action, monitorId }: { action: string; monitorId?: string | undefined }): boolean {
  const { rule: each } = state;
  const isMeant = each.action === "*" || each.action === action;
  if (!isMeant || (each.monitorId !== undefined && each.monitorId !== monitorId)) {
    return false;
  }
  state.seen += 1;
  const isDue = state.seen > (each.after ?? 0) && state.hits < (each.times ?? Number.POSITIVE_INFINITY);
  if (!isDue || state.random() >= (each.probability ?? 1)) {
    return false;
  }
  state.hits += 1;
  return true;
}
