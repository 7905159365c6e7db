import type { Switches } from "../../sandbox/cloud";
import { play, type Script } from "./simulation/script";

/** Scripts that once broke, each with what it was about. */
const FOUND: Record<string, Partial<Script>> = {
  "two stacks of one chosen name, and a create that was lost": {
    faults: [{ action: "CreateLiveStreamMonitor", kind: "drop-before", after: 1, times: 1 }],
    programs: [{ r0: { monitorName: "chosen", timeouts: { create: "40s" } } }],
    steps: [
      { do: "neighbour", program: 0 },
      { do: "wait", ms: 38 },
      { do: "up", program: 0 },
      { do: "wait", ms: 60_000 },
    ],
  },
  "a start that never answers, and a destroy after it": {
    faults: [{ action: "StartLiveStreamMonitor", kind: "hang", times: 1_000 }],
    programs: [{ r0: { running: true, timeouts: { create: "20s" } } }],
    steps: [{ do: "up", program: 0 }, { do: "destroy" }],
  },
  "creates whose answers are lost for ever": {
    faults: [{ action: "CreateLiveStreamMonitor", kind: "drop-after", times: 100_000 }],
    programs: [{ r0: { timeouts: { create: "40s" } } }],
    steps: [{ do: "up", program: 0 }, { do: "destroy" }],
  },
};

const SETTINGS: Partial<Switches>[] = [
  {},
  { outputUrls: "never" },
  { outputUrls: "running" },
  { streamInUrls: "monitorId" },
  { staleListMs: 8_000 },
];

test.each(Object.entries(FOUND))("%s", async (_what, script) => {
  for (const switches of SETTINGS) {
    for (let seed = 1; seed <= 20; seed += 1) {
      const whole = { seed, switches, faults: [], programs: [], steps: [], ...script };
      const { broken, log } = await play(whole);
      expect(broken.length > 0 ? [JSON.stringify(whole), ...broken, ...log] : []).toEqual([]);
    }
  }
});
