import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor, type StreamMonitorArgs } from "../../../provider";
import { ARGS } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

beforeAll(() => {
  pulumi.runtime.setMocks({ newResource: ({ inputs, name }) => ({ id: name, state: inputs }), call: () => ({}) });
});

test("an error of the user's transformation keeps its stack, and stacks are as before afterwards", async () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  function wrongTransformation(): undefined {
    throw new Error("boom");
  }
  const declare = async () =>
    new StreamMonitor("wall", ARGS as StreamMonitorArgs, { transformations: [wrongTransformation] });
  const error = await thrownBy(declare());
  expect(error.stack).toMatch(/boom\n.*wrongTransformation.*(stream-monitor\.test)/);
  expect(error.stack?.split("\n").length).toBeGreaterThan(5);
  expect(Error.prepareStackTrace).toBe(prepareStackTrace);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});
