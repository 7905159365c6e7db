import { operationsIn, type TestsOf } from "../parts";
import { share } from "../share";
import { ACTIONS, singleFaults } from "../simulation/arbitraries";
import { script } from "../simulation/product";
import { expectWhole, type Script } from "../simulation/script";

type Case = [operation: string, action: string, scripts: Script[]];

export const testsOf: TestsOf = (part) => {
  const all = operationsIn(part).flatMap(([name, steps]) =>
    ACTIONS.map((action): Case => {
      const faults = singleFaults.flatMap((fault) => [
        { action, ...fault, times: 1 },
        { action, ...fault, after: 2, times: 8 },
      ]);
      return [name, action, faults.map((each) => script(steps, {}, [each]))];
    }),
  );
  test.each(share(all))("%s under every fault of %s, once and lasting", (_operation, _action, scripts) =>
    expectWhole(scripts),
  );
};
