import type { Switches } from "../../sandbox/cloud";
import { share } from "./share";
import { openSettings } from "./simulation/arbitraries";
import { CUT_OFF, crashScript, KILLS } from "./simulation/product";
import { play } from "./simulation/script";

type Kill = (typeof KILLS)[number];

/** Every kill, and every setting of every open switch with one of the kills; `npm run torture` takes them all together. */
const CASES: [Kill, Partial<Switches>][] = [
  ...KILLS.map((kill): [Kill, Partial<Switches>] => [kill, {}]),
  ...openSettings.map((switches, i): [Kill, Partial<Switches>] => [KILLS[i % KILLS.length] as Kill, switches]),
];
const ALL = Object.keys(CUT_OFF).flatMap((name) =>
  CASES.map(([kill, switches]) => [name, JSON.stringify({ ...kill, ...switches }), kill, switches] as const),
);

test.each(share(ALL))("killed at every call of %s, then run again: %s", async (name, _case, kill, switches) => {
  expect(await explore(name, kill, switches)).toBeGreaterThan(0);
});

/** Kills at one call after another, until a crash would come after the last and changes nothing. Returns how many there were. */
async function explore(name: string, kill: Kill, switches: Partial<Switches>): Promise<number> {
  for (let atCall = 1; ; atCall += 1) {
    const { broken, crashes, log } = await play(crashScript(name, { ...kill, atCall }, switches));
    if (broken.length > 0) {
      throw new Error(`${JSON.stringify({ ...kill, atCall, switches })}: ${broken.join("; ")}\n${log.join("\n")}`);
    }
    if (crashes === 0) {
      return atCall - 1;
    }
  }
}
