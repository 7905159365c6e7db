import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorTable } from "../../provider/live/errors";
import { play } from "../faults/simulation/script";
import { KEY } from "../faults/simulation/world";

const root = join(__dirname, "../..");
const read = (name: string) => readFileSync(join(root, name), "utf8");

test("the RAM policy in SECURITY.md is enough for a whole life, and no action of it is too many", async () => {
  const block = /```json\n([\s\S]+?)```/.exec(read("SECURITY.md"))?.[1] ?? "";
  const actions: string[] = JSON.parse(block).Statement[0].Action;
  const life = (allowed: string[]) =>
    play({
      seed: 1,
      switches: {},
      faults: [],
      accounts: [{ ...KEY, actions: allowed }],
      programs: [{ r0: { running: true } }, { r0: { running: false, outputTemplate: "lp_ld" } }],
      steps: [{ do: "up", program: 0 }, { do: "refresh" }, { do: "up", program: 1 }, { do: "destroy" }],
    });
  expect((await life(actions)).log.filter((line) => !line.endsWith("ok"))).toEqual([]);
  for (const action of actions) {
    const { log } = await life(actions.filter((each) => each !== action));
    expect(`${action}: ${log.join()}`).toMatch(/Forbidden\.RAM/);
  }
});

test("the error table in docs/errors.md is the one that decides", () => {
  const rows = errorTable.map(({ action, code, status, comeBack, verdict, source }) => {
    const statuses = status === undefined ? "any" : typeof status === "string" ? status : status.join(", ");
    const when = comeBack ? `${statuses} with \`x-acs-retry-after\`` : statuses;
    return `| ${action} | \`${code}\` | ${when} | ${verdict} | ${source} |`;
  });
  const printed = read("docs/errors.md")
    .split("\n")
    .filter((line) => /^\| \w+ \| `/.test(line));
  expect(printed).toEqual(rows);
});

test("the README stays readable in one sitting", () => {
  expect(read("README.md").split("\n").length).toBeLessThan(300);
});
