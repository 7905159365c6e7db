import { createHash } from "node:crypto";
import { type CloudServer, type Switches, startCloud } from "../../../sandbox/cloud";
import { SEED, SHARE } from "../../faults/share";
import type { EngineName, Face, Place, StackEngine } from "./engine";
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
  /** The one face that it is played with, and why. */
  only?: readonly [face: Face, why: string];
}

const FACES: readonly Face[] = ["dynamic", "plugin"];

/**
 * Declares a scenario, with either face: a stack in an empty project on an empty cloud, with the invariants checked at its end. It is played on
 * the sandbox engine; in a run for the real CLI (`STACK_ENGINE=pulumi`) on both, and they must agree after every step.
 */
export function scenario(name: string, body: Body, options: ScenarioOptions = {}): void {
  for (const face of options.only === undefined ? FACES : [options.only[0]]) {
    declare(`${name}${face === "plugin" ? " (plugin)" : ""}`, body, face, options);
  }
}

function declare(name: string, body: Body, face: Face, { core, unequal }: ScenarioOptions): void {
  const title = core ? `${name} @core` : name;
  const onBoth = async () => {
    const [real, sandbox] = await Promise.all([play("pulumi", body, face), play("sandbox", body, face)]);
    if (unequal === undefined) {
      expect(disagreements(real, sandbox)).toEqual([]);
    }
  };
  const onOne = async () => {
    await play("sandbox", body, face);
  };
  const isPulumi = process.env.STACK_ENGINE === "pulumi";
  const declareIt = core || isPulumi || isChosen(name) ? test.concurrent : test.concurrent.skip;
  declareIt(title, isPulumi ? onBoth : onOne, TIMEOUT_MS);
}

/** `npm test` plays a third of the scenarios, chosen by its seed, and all core ones; `npm run test:all` plays all. */
function isChosen(name: string): boolean {
  const hash = createHash("sha256").update(`${SEED} ${name}`).digest();
  return SHARE === 1 || hash.readUInt8(0) < 85;
}

/** Declares a scenario that only the real CLI can play: it uses what the sandbox engine does not have. */
export function pulumiScenario(name: string, body: (stack: Stack<PulumiEngine>) => Promise<void>): void {
  test.concurrent(
    name,
    () => onCloud((server) => onPlace(server, "dynamic", (place) => new PulumiEngine(place), body)),
    TIMEOUT_MS,
  );
}

/** Plays a scenario on one engine, and returns what each of its operations came to. */
export async function play(engineName: EngineName, body: Body, face: Face = "dynamic"): Promise<Milestone[]> {
  const open = (place: Place) => (engineName === "pulumi" ? new PulumiEngine(place) : new SandboxEngine(place));
  let milestones: Milestone[] = [];
  await onCloud((server) =>
    onPlace(server, face, open, async (stack) => {
      await body(stack);
      milestones = stack.milestones;
    }),
  );
  return milestones;
}

async function onCloud(body: (server: CloudServer) => Promise<void>): Promise<void> {
  const server = await startCloud({ switches: SWITCHES });
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

async function onPlace<Engine extends StackEngine>(
  server: CloudServer,
  face: Face,
  open: (place: Place) => Engine,
  body: (stack: Stack<Engine>) => Promise<void>,
): Promise<void> {
  const place = makePlace(server, face);
  try {
    const stack = new Stack(place, server, open(place));
    await body(stack);
    await checkInvariants(stack);
  } finally {
    clearPlace(place);
  }
}
