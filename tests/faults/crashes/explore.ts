import type { Switches } from "../../../sandbox/cloud";
import { share } from "../share";
import { openSettings } from "../simulation/arbitraries";
import { type CUT_OFF, crashScript, FACES, KILLS } from "../simulation/product";
import { play } from "../simulation/script";
import type { Face } from "../simulation/world";

type Kill = (typeof KILLS)[number];

/** Every kill, and every setting of every open switch with one of the kills; `npm run torture` takes them all together. */
const CASES: [Kill, Partial<Switches>, Face][] = [
  ...KILLS.flatMap((kill) => FACES.map((face): [Kill, Partial<Switches>, Face] => [kill, {}, face])),
  ...openSettings.map((switches, i): [Kill, Partial<Switches>, Face] => [
    KILLS[i % KILLS.length] as Kill,
    switches,
    FACES[i % 2] as Face,
  ]),
];

/** The tests of one operation. Each operation is a file, so that they run side by side. */
export function testsOf(name: keyof typeof CUT_OFF): void {
  const all = CASES.map(
    ([kill, switches, face]) => [JSON.stringify({ ...kill, ...switches, face }), kill, switches, face] as const,
  );
  test.each(share(all))(`killed at every call of ${name}, then run again: %s`, async (_case, kill, switches, face) => {
    expect(await explore(name, kill, switches, face)).toBeGreaterThan(0);
  });
}

/** Kills at one call after another, until a crash would come after the last and changes nothing. Returns how many there were. */
async function explore(name: string, kill: Kill, switches: Partial<Switches>, face: Face): Promise<number> {
  for (let atCall = 1; ; atCall += 1) {
    const { broken, crashes, log } = await play(crashScript(name, { ...kill, atCall }, switches, face));
    if (broken.length > 0) {
      throw new Error(
        `${JSON.stringify({ ...kill, atCall, switches, face })}: ${broken.join("; ")}\n${log.join("\n")}`,
      );
    }
    if (crashes === 0) {
      return atCall - 1;
    }
  }
}
