import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { OLDEST_SDK, sdkProblem } from "../../../sandbox/engine/process/versions";

const { peerDependencies } = JSON.parse(readFileSync(resolve(__dirname, "../../../package.json"), "utf8"));

/** An SDK, what it asks of Node, the Node, and the words of the refusal, if any. */
const PAIRS: [sdk: string, needs: string | undefined, node: string, refusal: RegExp | undefined][] = [
  ["3.216.0", ">=20", "v20.19.0", undefined],
  ["3.248.0", ">=20", "v26.10.0", undefined],
  ["3.270.0", ">=22", "v22.0.0", undefined],
  ["3.270.0", undefined, "v20.19.0", undefined],
  ["3.270.0", "^22 || ^24", "v20.19.0", undefined],
  [
    "3.249.0",
    ">=22",
    "v20.20.2",
    /3\.249\.0 needs Node 22 or newer, but this is Node v20\.20\.2\. Nothing was done\. Use/,
  ],
  ["3.300.0", ">= 24.1", "v22.12.0", /3\.300\.0 needs Node 24 or newer/],
  ["3.215.0", ">=20", "v22.12.0", /supports @pulumi\/pulumi 3\.216\.0 to 3\.x, but 3\.215\.0 is installed\. Nothing/],
  ["2.25.0", undefined, "v22.12.0", /but 2\.25\.0 is installed/],
  ["4.0.0-alpha.1", ">=22", "v22.12.0", /but 4\.0\.0-alpha\.1 is installed/],
];

test.each(PAIRS)("@pulumi/pulumi %s, which asks for Node %s, on Node %s: %s", (version, node, running, refusal) => {
  const problem = sdkProblem({ version, ...(node === undefined ? {} : { engines: { node } }) }, running);
  if (refusal === undefined) {
    expect(problem).toBeUndefined();
  } else {
    expect(problem).toMatch(refusal);
  }
});

test("the sandbox and package.json name one oldest SDK", () => {
  expect(peerDependencies["@pulumi/pulumi"]).toBe(`>=${OLDEST_SDK} <4`);
});
