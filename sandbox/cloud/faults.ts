import { z } from "zod";

const schema = z.array(
  z.strictObject({
    /** The call it applies to, or `*`. */
    action: z.string().min(1),
    kind: z.enum(["drop-before", "drop-after", "delay", "error", "html", "malformed", "endless", "hang"]),
    /** For `error` and `html`: the HTTP status. Default 500 and 503. */
    status: z.int().min(200).max(599).optional(),
    /** For `error`: the code. Default `InternalError`. */
    code: z.string().max(200).optional(),
    message: z.string().max(1000).optional(),
    /** For `error` and `html`: whether the call is carried out all the same. Default false. */
    commit: z.boolean().optional(),
    /** For `delay`: how long, in ms. */
    ms: z.int().min(0).max(3_600_000).optional(),
    /** Only calls on this session. */
    monitorId: z.string().optional(),
    /** How many matching calls pass before it begins. Default 0. */
    after: z.int().min(0).optional(),
    /** How many calls it hits. Default: all. */
    times: z.int().min(1).optional(),
    /** How likely it hits, 0 to 1. Default 1. */
    probability: z.number().min(0).max(1).optional(),
    /** Makes `probability` repeatable. */
    seed: z.int().optional(),
  }),
);

export type FaultRule = z.infer<typeof schema>[number];

/** Checks a list of rules, and tells every mistake at once. */
export function parseFaults(value: unknown): FaultRule[] {
  const result = schema.safeParse(value);
  if (!result.success) {
    const mistakes = result.error.issues.map((issue) => `${issue.path.join(".") || "faults"}: ${issue.message}`);
    throw new Error(`Bad faults: ${mistakes.join("; ")}`);
  }
  return result.data;
}

/** Decides, call by call, what goes wrong. The first rule that hits wins. Same rules, same calls: same faults. */
export class Faults {
  private readonly states: { rule: FaultRule; seen: number; hits: number; random: () => number }[];

  constructor(
    readonly rules: FaultRule[],
    random: () => number,
  ) {
    this.states = rules.map((rule) => ({
      rule,
      seen: 0,
      hits: 0,
      random: rule.seed === undefined ? random : seeded(rule.seed),
    }));
  }

  decide(call: { action: string; monitorId?: string | undefined }): FaultRule | undefined {
    for (const state of this.states) {
      const { rule } = state;
      if (rule.action !== "*" && rule.action !== call.action) {
        continue;
      }
      if (rule.monitorId !== undefined && rule.monitorId !== call.monitorId) {
        continue;
      }
      state.seen += 1;
      const due = state.seen > (rule.after ?? 0) && state.hits < (rule.times ?? Number.POSITIVE_INFINITY);
      if (due && state.random() < (rule.probability ?? 1)) {
        state.hits += 1;
        return rule;
      }
    }
    return undefined;
  }
}

/** A small generator (mulberry32): the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
