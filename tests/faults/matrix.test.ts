import type { FaultRule, Switches } from "../../sandbox/cloud";
import { ACTIONS, openSettings, singleFaults } from "./simulation/arbitraries";
import { play, type Step } from "./simulation/script";
import type { Program } from "./simulation/stack";

const PROGRAMS: Program[] = [
  { r0: { running: true }, r1: {} },
  { r0: { running: true, outputTemplate: "lp_ld" }, r1: { running: true } },
  { r0: { running: false, region: "cn-beijing" }, r1: {} },
];
const UP: Step = { do: "up", program: 0 };
/** What is done while something goes wrong, each from sessions that run and sessions that do not. */
const OPERATIONS: Record<string, Step[]> = {
  create: [UP],
  update: [UP, { do: "up", program: 1 }],
  replace: [UP, { do: "up", program: 2 }],
  read: [UP, { do: "refresh" }],
  "read what is gone": [UP, { do: "meddle", action: "delete", session: 0 }, { do: "refresh" }],
  "delete by stopping": [UP, { do: "destroy" }],
  "delete by waiting": [
    UP,
    { do: "destroy", env: { ALICLOUD_LIVE_ON_DELETE: "wait", ALICLOUD_LIVE_DELETE_TIMEOUT: "1m" } },
  ],
  "delete or refuse": [UP, { do: "destroy", env: { ALICLOUD_LIVE_ON_DELETE: "refuse" } }],
  "delete what is gone": [UP, { do: "meddle", action: "delete", session: 0 }, { do: "destroy" }],
};

/** The whole product takes minutes: `FAULTS=all`. Every run of the suite takes each fault once, and each setting alone. */
const ALL = process.env.FAULTS === "all";

async function mustHold(steps: Step[], faults: FaultRule[], switches: Partial<Switches> = {}): Promise<void> {
  const { broken, log } = await play({ seed: 7, switches, faults, programs: PROGRAMS, steps });
  if (broken.length > 0) {
    throw new Error(`${JSON.stringify({ faults, switches })}\n${broken.join("\n")}\n${log.join("\n")}`);
  }
}

describe.each(Object.entries(OPERATIONS))("%s", (_name, steps) => {
  test.each(ACTIONS)("with every fault of %s, once and lasting", async (action) => {
    for (const fault of singleFaults) {
      await mustHold(steps, [{ action, ...fault, times: 1 }]);
      if (ALL || action === "*") {
        await mustHold(steps, [{ action, ...fault, after: 2, times: 8 }]);
      }
    }
  });

  test.each(openSettings.map((each) => [JSON.stringify(each), each] as const))("under %s", async (_text, switches) => {
    await mustHold(steps, [], switches);
    for (const action of ALL ? ACTIONS : (["*"] as const)) {
      for (const kind of ["drop-after", "html"] as const) {
        await mustHold(steps, [{ action, kind, after: 1, times: 1 }], switches);
      }
    }
  });
});
