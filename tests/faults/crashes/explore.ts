import type { Switches } from "../../../sandbox/cloud";
import { share } from "../share";
import { openSettings } from "../simulation/arbitraries";
import { type CUT_OFF, crashScript, KILLS } from "../simulation/product";
import { play } from "../simulation/script";

type Kill = (typeof KILLS)[number];

/** Every kill, and every setting of every open switch with one of the kills; `npm run torture` takes them all together. */
const CASES: [Kill, Partial<Switches>][] = [
  ...KILLS.map((kill): [Kill, Partial<Switches>] => [kill, {}]),
  ...openSettings.map((switches, i): [Kill, Partial<Switches>] => [KILLS[i % KILLS.length] as Kill, switches]),
];

/** The tests of one operation. Each operation is a file, so that they run side by side. */
export function testsOf(name: keyof typeof CUT_OFF): void {
  const all = CASES.map(([kill, switches]) => [JSON.stringify({ ...kill, ...switches }), kill, switches] as const);
  test.each(share(all))(`killed at every call of ${name}, then run again: %s`, async (_case, kill, switches) => {
    expect(await explore(name, kill, switches)).toBeGreaterThan(0);
  });
}

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
