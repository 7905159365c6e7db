import { play, type Script, type Step } from "./simulation/script";
import type { Program } from "./simulation/stack";
import type { Crash } from "./simulation/world";

const PROGRAMS: Program[] = [
  { r0: { running: true }, r1: {} },
  { r0: { running: true, outputTemplate: "lp_ld" }, r1: { running: true } },
  { r0: { running: true, region: "cn-beijing" } },
];
const BEGINNINGS: Record<string, Step[]> = {
  "the first up": [],
  "an update": [{ do: "up", program: 0 }],
  "a replacement and a removal": [{ do: "up", program: 0 }],
  "a refresh": [{ do: "up", program: 0 }],
  "a destroy": [{ do: "up", program: 0 }],
};
const ENDS: Record<string, (crash: Crash) => Step> = {
  "the first up": (crash) => ({ do: "up", program: 0, crash }),
  "an update": (crash) => ({ do: "up", program: 1, crash }),
  "a replacement and a removal": (crash) => ({ do: "up", program: 2, crash }),
  "a refresh": (crash) => ({ do: "refresh", crash }),
  "a destroy": (crash) => ({ do: "destroy", crash }),
};
const VICTIMS = ["plugin", "engine", "both"] as const;
const MOMENTS = ["before", "committed", "answered"] as const;

/** Runs one after another until a crash comes after the last call, and so changes nothing. */
test.each(Object.keys(BEGINNINGS))("killed at every call of %s, then run again", async (name) => {
  let tried = 0;
  for (const victim of VICTIMS) {
    for (const moment of MOMENTS) {
      for (let atCall = 1; ; atCall += 1) {
        const steps = [...(BEGINNINGS[name] ?? []), ENDS[name]?.({ victim, moment, atCall }) as Step];
        const again: Step = { do: "up", program: 1 };
        const script: Script = { seed: atCall, switches: {}, faults: [], programs: PROGRAMS, steps: [...steps, again] };
        const { broken, crashes, log } = await play(script);
        if (broken.length > 0) {
          throw new Error(`${victim} ${moment} call ${atCall}: ${broken.join("; ")}\n${log.join("\n")}`);
        }
        if (crashes === 0) {
          break;
        }
        tried += 1;
      }
    }
  }
  expect(tried).toBeGreaterThan(5);
});
