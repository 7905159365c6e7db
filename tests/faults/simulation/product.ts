import type { Switches } from "../../../sandbox/cloud";
import { ACTIONS, openSettings, singleFaults } from "./arbitraries";
import type { Script, Step } from "./script";
import type { Program } from "./stack";
import type { Crash, Face } from "./world";

const PROGRAMS: Program[] = [
  { r0: { running: true }, r1: {} },
  { r0: { running: true, outputTemplate: "lp_ld" }, r1: { running: true } },
  { r0: { running: false, region: "cn-beijing" }, r1: {} },
  { r0: { running: true, region: "cn-beijing" } },
];
const UP: Step = { do: "up", program: 0 };
const GONE: Step = { do: "meddle", action: "delete", session: 0 };

/** What is done while something goes wrong, each from sessions that run and sessions that do not. */
export const OPERATIONS = {
  create: [UP],
  update: [UP, { do: "up", program: 1 }],
  replace: [UP, { do: "up", program: 2 }],
  read: [UP, { do: "refresh" }],
  "read what is gone": [UP, GONE, { do: "refresh" }],
  "delete by stopping": [UP, { do: "destroy" }],
  "delete by waiting": [
    UP,
    { do: "destroy", env: { ALICLOUD_LIVE_ON_DELETE: "wait", ALICLOUD_LIVE_DELETE_TIMEOUT: "1m" } },
  ],
  "delete or refuse": [UP, { do: "destroy", env: { ALICLOUD_LIVE_ON_DELETE: "refuse" } }],
  "delete what is gone": [UP, GONE, { do: "destroy" }],
} satisfies Record<string, readonly Step[]>;
export type Operation = keyof typeof OPERATIONS;

export function script(
  steps: readonly Step[],
  switches: Partial<Switches> = {},
  faults: Script["faults"] = [],
): Script {
  return { seed: 7, switches, faults, programs: PROGRAMS, steps: [...steps] };
}

/** Every fault of every call in every operation under one setting, once each or lasting. */
function* faultScripts(switches: Partial<Switches>, lasting: boolean): Part {
  for (const steps of Object.values(OPERATIONS)) {
    for (const action of ACTIONS) {
      for (const fault of singleFaults) {
        yield script(steps, switches, [{ action, ...fault, ...(lasting ? { after: 2, times: 8 } : { times: 1 }) }]);
      }
    }
  }
}

/** What a process is killed in, after which beginning. */
export const CUT_OFF: Readonly<Record<string, { before: Step[]; cut: (crash: Crash) => Step }>> = {
  "the first up": { before: [], cut: (crash) => ({ do: "up", program: 0, crash }) },
  "an update": { before: [UP], cut: (crash) => ({ do: "up", program: 1, crash }) },
  "a replacement and a removal": { before: [UP], cut: (crash) => ({ do: "up", program: 3, crash }) },
  "a refresh": { before: [UP], cut: (crash) => ({ do: "refresh", crash }) },
  "a destroy": { before: [UP], cut: (crash) => ({ do: "destroy", crash }) },
};

/** Who is killed, and when: `atCall` is what there is to explore. */
export const KILLS: readonly Omit<Crash, "atCall">[] = (["plugin", "engine", "both"] as const).flatMap((victim) =>
  (["before", "committed", "answered"] as const).map((moment) => ({ victim, moment })),
);

/** The script in which a process is killed at its n-th call, and all is then run again. */
export function crashScript(name: string, crash: Crash, switches: Partial<Switches> = {}, face?: Face): Script {
  const { before, cut } = CUT_OFF[name] as (typeof CUT_OFF)[string];
  const steps: Step[] = [...before, cut(crash), { do: "up", program: 1 }];
  return { ...script(steps, switches), seed: crash.atCall, ...(face === undefined ? {} : { face }) };
}

export const FACES: readonly Face[] = ["dynamic", "plugin"];

/** Every setting of every open switch, each alone; the first is that of no switch moved. */
const SETTINGS: readonly Partial<Switches>[] = [{}, ...openSettings];

/** A part of the product of faults, crashes and settings: it is told what came of each script, and goes on from there. */
export type Part = Generator<Script, void, { crashes: number }>;

/** All of it: who is killed when, every fault once, every fault lasting, each under every setting, from the n-th setting on. */
export function productParts(first: number): Part[] {
  const settings = SETTINGS.map((_each, i) => SETTINGS[(first + i) % SETTINGS.length] as Partial<Switches>);
  return [
    ...settings.map((each, i) => crashScripts(each, FACES[i % 2])),
    ...settings.map((each) => faultScripts(each, false)),
    ...settings.map((each) => faultScripts(each, true)),
  ];
}

/** Every kill at every call, until one would come after the last call. */
function* crashScripts(switches: Partial<Switches>, face: Face | undefined): Part {
  for (const name of Object.keys(CUT_OFF)) {
    for (const kill of KILLS) {
      for (let atCall = 1; ; atCall += 1) {
        const { crashes } = yield crashScript(name, { ...kill, atCall }, switches, face);
        if (crashes === 0) {
          break;
        }
      }
    }
  }
}
