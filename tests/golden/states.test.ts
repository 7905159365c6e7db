import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../../sandbox/cloud";
import { type Stack, scenario } from "../stack/harness/scenario";
import { program } from "./program";

interface Golden {
  ids: { adopted: string; read: string };
  state: object;
  sessions: Session[];
}

/** The resources of the program that have a session of their own; the eleven that `program` declares. */
const OWN = 11;

async function restore(stack: Stack, { ids, state, sessions }: Golden): Promise<void> {
  stack.server.cloud.sessions.restore(sessions);
  stack.foreign.add(ids.read);
  await stack.engine.importText(JSON.stringify(state));
}

const fixtures = readdirSync(__dirname).filter((file) => file.endsWith(".json"));

for (const file of fixtures) {
  const read = () => JSON.parse(readFileSync(join(__dirname, file), "utf8")) as Golden;

  scenario(`a state of ${file} is refreshed, finished, updated and destroyed`, async (stack) => {
    const golden = read();
    await restore(stack, golden);
    program(stack, golden.ids);
    await stack.do("refresh");
    expect(stack.writes()).toEqual([]);
    expect(stack.sessions).toEqual(golden.sessions);
    await stack.do("up");
    expect(stack.writesByResource()).toEqual({ drifted: ["Update"], unfinished: ["Update", "Start"] });
    program(stack, golden.ids, 'outputTemplate: "lp_ld"');
    await stack.do("up");
    const updates = Object.values(stack.writesByResource());
    expect(updates).toEqual(Array(OWN).fill(["Update"]));
    await stack.do("destroy");
    expect(stack.sessions.map((each) => each.MonitorId)).toEqual([golden.ids.read]);
  });

  scenario(
    `a state of ${file} is destroyed as it is`,
    async (stack) => {
      const golden = read();
      await restore(stack, golden);
      await stack.do("destroy");
      expect(stack.sessions.map((each) => each.MonitorId)).toEqual([golden.ids.read]);
    },
    { unequal: "the order in which eleven sessions are stopped and deleted" },
  );
}
