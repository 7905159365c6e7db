import { mismatchedSdk, unsupportedNode } from "../../../provider/base/node-version";

const WITH = { require_module: true };
const WITHOUT = { require_module: false };

/** A Node, whether it loads ES modules by `require`, and what its user is advised, if anything. */
const NODES: [version: string, features: object, advice: RegExp | undefined][] = [
  ["v20.19.0", WITH, undefined],
  ["v22.12.0", WITH, undefined],
  ["v26.10.0", WITH, undefined],
  // Where that is switched off, the dependency that cannot be loaded is explained.
  ["v20.19.0", WITHOUT, undefined],
  ["v22.12.0", WITHOUT, undefined],
  // With --experimental-require-module it can.
  ["v20.18.3", WITH, undefined],
  [
    "v18.20.8",
    {},
    /this is Node v18\.20\.8\. Nothing was done, and the state is unchanged\. Install Node 22\.12 or newer, then run the same/,
  ],
  ["v20.18.3", {}, /Install Node 22\.12/],
  ["v22.11.0", {}, /Install Node 22\.12/],
  ["v22.11.0", WITHOUT, /Install Node 22\.12/],
  ["v21.7.3", {}, /Install Node 22\.12/],
];

test.each(NODES)("Node %s with %j: %s", (version, features, advice) => {
  const problem = unsupportedNode({ version, features });
  if (advice === undefined) {
    expect(problem).toBeUndefined();
  } else {
    expect(problem).toMatch(advice);
  }
});

/** An SDK's manifest, a Node, and the warning, if any. */
const SDKS: [sdk: object, node: string, warning: RegExp | undefined][] = [
  [{ version: "3.248.0", engines: { node: ">=20" } }, "v20.20.2", undefined],
  [{ version: "3.270.0", engines: { node: ">=22" } }, "v22.12.0", undefined],
  [{ version: "3.270.0" }, "v20.20.2", undefined],
  [
    { version: "3.270.0", engines: { node: ">=22" } },
    "v20.20.2",
    /3\.270\.0 needs Node 22 or newer, but this is Node v20/,
  ],
  [{ version: "3.270.0", engines: { node: ">= 24.0.0" } }, "v22.12.0", /needs Node 24 or newer/],
];

test.each(SDKS)("SDK %j on Node %s: %s", (sdk, node, warning) => {
  const problem = mismatchedSdk(sdk, node);
  if (warning === undefined) {
    expect(problem).toBeUndefined();
  } else {
    expect(problem).toMatch(warning);
  }
});
