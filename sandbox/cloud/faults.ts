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

const rule = z
  .strictObject({
    /** The call it applies to, or `*`. */
    action: z.string().refine((name) => ACTIONS.includes(name), `must be one of ${ACTIONS.join(", ")}`),
    /**
     * - `drop-before`: the connection breaks, and nothing was done.
     * - `drop-after`: it was done, and then the connection breaks.
     * - `delay`: it is done, and the answer takes `ms` more.
     * - `error`: another answer instead, and nothing was done, unless `commit`.
     * - `html`: the same with an HTML page, as a proxy sends.
     * - `malformed`: it was done, and the answer is 200 with `body`, or with fields of wrong types.
     * - `endless`: it was done, and the answer never ends.
     * - `hang`: nothing was done, and there is no answer.
     */
    kind: z.enum(["drop-before", "drop-after", "delay", "error", "html", "malformed", "endless", "hang"]),
    /** For `error` and `html`: the HTTP status. Default 500 and 503. */
    status: z.int().min(200).max(599).optional(),
    /** For `error`: the code. Default `InternalError`. */
    code: z.string().max(200).optional(),
    /** For `error`: the message. */
    message: z.string().max(1000).optional(),
    /** For `html` and `malformed`: the text of the answer. */
    body: z.string().max(100_000).optional(),
    /** Whether the call is carried out all the same. Default: as `kind` says. */
    commit: z.boolean().optional(),
    /** For `delay`: how long. For `endless`: how long between two pieces. In milliseconds. */
    ms: z.int().min(0).max(3_600_000).optional(),
    /** Only calls on this session. */
    monitorId: z.string().optional(),
    /** How many matching calls pass before it begins. Default 0. */
    after: z.int().min(0).optional(),
    /** How many calls it hits. Default: all. */
    times: z.int().min(1).optional(),
    /** How likely it hits, 0 to 1. Default 1. */
    probability: z.number().min(0).max(1).optional(),
    /** For `probability`. Without it, a rule has the seed of its place in the list, so that every run is the same. */
    seed: z.int().optional(),
  })
  .refine((each) => each.kind !== "delay" || each.ms !== undefined, { path: ["ms"], message: "a delay needs ms" });

/** Something that goes wrong. */
export type FaultRule = z.infer<typeof rule>;

const COMMITTED: readonly FaultRule["kind"][] = ["drop-after", "delay", "malformed", "endless"];

/** Checks a list of rules, and tells every mistake at once. */
export function parseFaults(value: unknown): FaultRule[] {
  return checked(z.array(rule), value, "faults");
}

/** Whether a call that this hits is carried out. */
export function isCommitted({ kind, commit }: FaultRule): boolean {
  return commit ?? COMMITTED.includes(kind);
}

interface RuleState {
  rule: FaultRule;
  /** Matching calls so far. */
  seen: number;
  /** Calls that it hit. */
  hits: number;
  random: () => number;
}

/** Decides, call by call, what goes wrong. The first rule that hits wins. Same rules, same calls: same faults. */
export class Faults {
  private readonly states: RuleState[];

  constructor(rules: readonly FaultRule[]) {
    this.states = rules.map((each, i) => ({ rule: each, seen: 0, hits: 0, random: seeded(each.seed ?? i + 1) }));
  }

  decide(call: { action: string; monitorId?: string | undefined }): FaultRule | undefined {
    return this.states.find((state) => hits(state, call))?.rule;
  }

  /** The rules, and how often each was met and hit. */
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
