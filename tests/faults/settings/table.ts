import type { FaultRule } from "../../../sandbox/cloud";
import { operationsIn, type TestsOf } from "../parts";
import { share } from "../share";
import { openSettings } from "../simulation/arbitraries";
import { script } from "../simulation/product";
import { expectWhole, type Script } from "../simulation/script";

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

type Case = [operation: string, setting: string, scripts: Script[]];

export const testsOf: TestsOf = (part) => {
  const all = operationsIn(part).flatMap(([name, steps]) =>
    openSettings.map((switches): Case => {
      const faults = KINDS.map((kind): FaultRule => ({ action: "*", ...kind, after: 1, times: 1 }));
      const scripts = [script(steps, switches), ...faults.map((each) => script(steps, switches, [each]))];
      return [name, JSON.stringify(switches), scripts];
    }),
  );
  test.each(share(all))("%s under %s", (_operation, _setting, scripts) => expectWhole(scripts));
};
