import type { Switches } from "../../sandbox/cloud";
import { type Stack, scenario } from "./harness/scenario";

/** What the documents leave open, set otherwise than usual, in groups that do not get in each other's way. */
const GROUPS: Record<string, Partial<Switches>> = {
  "lists tell less": { outputUrls: "never", totalInList: "absent", pageSizeMax: 10, unknownIdInList: "error" },
  "lists tell other things": {
    outputUrls: "running",
    streamInUrls: "monitorId",
    timesBeforeFirst: "empty",
    addsInputDefaults: true,
    pageSizeMax: 10,
    pageSizeOverMax: "clamp",
  },
  "updates forget, regions divide": { updateOmitted: "reset", regionScoped: true, neverStartedStop: "ok" },
  "throttling is another status, and frequent": {
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
  const records = () => Promise.all(["runs", "rests", "third"].map((name) => stack.record(name)));
  const before = await records();
  await stack.do("refresh");
  expect(await records()).toEqual(before);
  stack.walls({ runs: { running: true, ...config }, rests: { app: "other", outputTemplate: "lp_ld", ...config } });
  stack.calls();
  await stack.do("up", { refresh: true });
  expect(new Set(stack.writesByResource().rests)).toEqual(new Set(["Update"]));
  expect(stack.sessionOf("rests")).toMatchObject({ App: "other", CallbackUrl: config.callbackUrl });
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
}

const REFUSALS: [string, number][] = [
  ["StreamMonitorAlreadyStarted", 400],
  ["InvalidParameter.Malformed", 400],
  ["IllegalOperation", 401],
  ["MonitorIsRunning", 400],
];

for (const [runningDeleteCode, runningDeleteStatus] of REFUSALS) {
  const name = `a delete that is refused with ${runningDeleteCode} because the session runs after all`;
  const unequal = "how often the delete is tried depends on when the list catches up";
  const body = async (stack: Stack) => {
    stack.wall();
    await stack.do("up");
    // The list still shows it stopped when the destroy looks, so the delete is tried, and refused.
    stack.set({ staleListMs: 8_000, startDelayMs: 0, runningDeleteCode, runningDeleteStatus });
    stack.act("start", { MonitorId: stack.session.MonitorId });
    stack.calls();
    await stack.do("destroy");
    expect(stack.calls().map((call) => call.code)).toContain(runningDeleteCode);
    expect(stack.sessions).toEqual([]);
  };
  scenario(name, body, { unequal });
}
