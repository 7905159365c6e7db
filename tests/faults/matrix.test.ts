import type { FaultRule } from "../../sandbox/cloud";
import { ACTIONS, openSettings, singleFaults } from "./simulation/arbitraries";
import { OPERATIONS, script } from "./simulation/product";
import { play, type Script } from "./simulation/script";

/** One of each kind: with every setting, as the whole product takes half an hour (`npm run torture -- --minutes 60`). */
const KINDS: Omit<FaultRule, "action">[] = [
  { kind: "drop-before" },
  { kind: "drop-after" },
  { kind: "html" },
  { kind: "malformed" },
  { kind: "hang" },
  { kind: "delay", ms: 12_000 },
  { kind: "error", code: "Throttling.User", status: 400 },
  { kind: "error", code: "InternalError", status: 500, commit: true },
  { kind: "error", code: "SomethingNew", status: 404 },
];

async function mustHold(each: Script): Promise<void> {
  const { broken, log } = await play(each);
  if (broken.length > 0) {
    throw new Error(`${JSON.stringify(each)}\n${broken.join("\n")}\n${log.join("\n")}`);
  }
}

describe.each(Object.entries(OPERATIONS))("%s", (_name, steps) => {
  test.each(ACTIONS)("with every fault of %s, once and lasting", async (action) => {
    for (const fault of singleFaults) {
      await mustHold(script(steps, {}, [{ action, ...fault, times: 1 }]));
      await mustHold(script(steps, {}, [{ action, ...fault, after: 2, times: 8 }]));
    }
  });

  test.each(openSettings.map((each) => [JSON.stringify(each), each] as const))("under %s", async (_text, switches) => {
    await mustHold(script(steps, switches));
    for (const fault of KINDS) {
      await mustHold(script(steps, switches, [{ action: "*", ...fault, after: 1, times: 1 }]));
    }
  });
});
