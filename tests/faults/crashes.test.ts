import type { Switches } from "../../sandbox/cloud";
import { openSettings } from "./simulation/arbitraries";
import { CUT_OFF, crashScript, KILLS } from "./simulation/product";
import { play } from "./simulation/script";

/** Kills at one call after another, until a crash would come after the last and changes nothing. Returns how many there were. */
async function explore(name: string, kill: (typeof KILLS)[number], switches: Partial<Switches> = {}): Promise<number> {
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

describe.each(Object.keys(CUT_OFF))("killed at every call of %s, then run again", (name) => {
  test("who and when ever", async () => {
    for (const kill of KILLS) {
      expect(await explore(name, kill)).toBeGreaterThan(0);
    }
  });

  // Each setting takes another of the kills; `npm run torture` takes them all.
  test("under every setting of every open switch", async () => {
    for (const [i, switches] of openSettings.entries()) {
      expect(await explore(name, KILLS[i % KILLS.length] as (typeof KILLS)[number], switches)).toBeGreaterThan(0);
    }
  });
});
