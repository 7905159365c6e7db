import { type CloudServer, type Switches, startCloud } from "../../../sandbox/cloud";
import type { EngineName } from "./engine";
import { checkInvariants } from "./invariants";
import { disagreements, type Milestone } from "./likeness";
import { clearPlace, makePlace } from "./place";
import { PulumiEngine } from "./pulumi-engine";
import { SandboxEngine } from "./sandbox-engine";
import { Stack } from "./stack";

export { HUSH } from "./place";
export { Stack } from "./stack";

/**
 * Delays are short, so that whole stacks come and go quickly, but never zero, so that waiting is really done. The limits are
 * a little wider than published: the cloud shares this process with several engines, and sees calls in bunches that were
 * sent one by one.
 */
const SWITCHES: Partial<Switches> = { startDelayMs: 50, stopDelayMs: 50, qps: 1.3 };
const TIMEOUT_MS = 300_000;

export type Body = (stack: Stack) => Promise<void>;

export interface ScenarioOptions {
  /** One of the few that CI plays on the real CLI too. */
  core?: true;
  /** Why the two engines need not agree step by step: something in it depends on chance. */
  unequal?: string;
}

/**
 * Declares a scenario: a stack in an empty project on an empty cloud, with the invariants checked at its end. It is played on
 * the sandbox engine; in a run for the real CLI (`STACK_ENGINE=pulumi`) on both, and they must agree after every step.
 */
export function scenario(name: string, body: Body, { core, unequal }: ScenarioOptions = {}): void {
  const title = core ? `${name} @core` : name;
  const onBoth = async () => {
    const [real, sandbox] = await Promise.all([play("pulumi", body), play("sandbox", body)]);
    if (unequal === undefined) {
      expect(disagreements(real, sandbox)).toEqual([]);
    }
  };
  const onOne = async () => {
    await play("sandbox", body);
  };
  test.concurrent(title, process.env.STACK_ENGINE === "pulumi" ? onBoth : onOne, TIMEOUT_MS);
}

/** Plays a scenario on one engine, and returns what each of its operations came to. */
export async function play(engineName: EngineName, body: Body): Promise<Milestone[]> {
  const server = await startCloud({ switches: SWITCHES });
  try {
    return await playOn(server, engineName, body);
  } finally {
    await server.close();
  }
}

async function playOn(server: CloudServer, engineName: EngineName, body: Body): Promise<Milestone[]> {
  const place = makePlace(server);
  try {
    const engine = engineName === "pulumi" ? new PulumiEngine(place) : new SandboxEngine(place);
    const stack = new Stack(place, server, engine);
    await body(stack);
    await checkInvariants(stack);
    return stack.milestones;
  } finally {
    clearPlace(place);
  }
}
