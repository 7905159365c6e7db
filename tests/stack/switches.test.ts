import type { Switches } from "../../sandbox/cloud";
import { type Stack, scenario } from "./harness/scenario";

/** What the documents leave open, set otherwise than usual, in groups that do not get in each other's way. */
const GROUPS: Record<string, Partial<Switches>> = {
  "lists tell less, updates forget, regions divide": {
    outputUrls: "never",
    totalInList: "absent",
    pageSizeMax: 10,
    unknownIdInList: "error",
    updateOmitted: "reset",
    regionScoped: true,
    neverStartedStop: "ok",
  },
  "lists tell other things, throttling is another status and frequent": {
    outputUrls: "running",
    streamInUrls: "monitorId",
    timesBeforeFirst: "empty",
    addsInputDefaults: true,
    pageSizeMax: 10,
    pageSizeOverMax: "clamp",
    qps: 0.5,
    throttleStatus: 429,
    throttleCode: "Throttling",
    unknownKeyStatus: 400,
    signatureStatus: 403,
  },
};

for (const [name, switches] of Object.entries(GROUPS)) {
  const unequal = "qps" in switches ? { unequal: "how often a call is throttled depends on when it comes" } : {};
  scenario(`whatever the documents leave open: ${name}`, (stack) => life(stack, switches), unequal);
}

/** A life in which nothing but the cloud's habits is unusual: no refresh sees drift where there is none. */
async function life(stack: Stack, switches: Partial<Switches>): Promise<void> {
  stack.set(switches);
  const config = { callbackUrl: "https://example.com/alert", monitorConfig: { fpsLowThres: 0.5 } };
  stack.walls({ runs: { running: true, ...config }, rests: { app: "other", ...config }, third: { running: false } });
  await stack.do("up");
  const before = await stack.record("runs");
  stack.walls({ runs: { running: true, ...config }, rests: { app: "other", outputTemplate: "lp_ld", ...config } });
  stack.calls();
  await stack.do("up", { refresh: true });
  const { runs = [], rests } = stack.writesByResource();
  expect([runs, new Set(rests)]).toEqual([[], new Set(["Update"])]);
  expect(await stack.record("runs")).toEqual(before);
  expect(stack.sessionOf("rests")).toMatchObject({ App: "other", CallbackUrl: config.callbackUrl });
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
}

// The other codes: tests/unit/lifecycle/delete-refusals.test.ts.
scenario(
  "a delete that is refused because the session runs after all",
  async (stack) => {
    stack.wall();
    await stack.do("up");
    // The list still shows it stopped when the destroy looks, so the delete is tried, and refused.
    stack.set({ staleListMs: 8_000, startDelayMs: 0, runningDeleteCode: "IllegalOperation", runningDeleteStatus: 401 });
    stack.act("start", { MonitorId: stack.session.MonitorId });
    stack.calls();
    await stack.do("destroy");
    expect(stack.calls().map((call) => call.code)).toContain("IllegalOperation");
    expect(stack.sessions).toEqual([]);
  },
  { unequal: "how often the delete is tried depends on when the list catches up" },
);
