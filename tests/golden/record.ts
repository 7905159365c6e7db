import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scenario } from "../stack/harness/scenario";
import { program } from "./program";

/**
 * Records what this version writes into a state, and what the cloud holds beside it, as a fixture that every later version must
 * refresh, update and destroy: `GOLDEN_NAME=<version> npm run golden`. Recorded states are never edited.
 */
const FIELDS = {
  Domain: "play.example.com",
  OutputTemplate: "lp_hd",
  InputList: '[{"InputUrl":"rtmp://a.example.com/a/b"}]',
};

const record = process.env.GOLDEN_NAME === undefined ? () => {} : scenario;

record("record a golden state", async (stack) => {
  const ids = {
    adopted: stack.act("create", { MonitorName: "made in the console", ...FIELDS }),
    read: stack.act("create", { MonitorName: "somebody else's", ...FIELDS }),
  };
  stack.foreign.delete(ids.adopted);
  // The sixth and last start is that of the program's last resource.
  stack.fault({ action: "StartLiveStreamMonitor", kind: "error", status: 403, code: "UserQuotaExceed", after: 5 });
  program(stack, ids);
  await stack.fails("up", { parallel: 1 });
  stack.fault();
  const { MonitorId } = stack.sessionOf("drifted");
  stack.act("update", {
    MonitorId,
    MonitorName: "renamed by hand",
    CallbackUrl: "https://example.com/stranger",
    InputList: FIELDS.InputList,
  });
  await stack.do("refresh");
  // Where the program stands on this machine is nobody's business.
  const text = (await stack.engine.exportText()).replace(/"sourcePosition":\s*"[^"]*",?/g, "");
  const golden = { ids, state: JSON.parse(text.replace(/,(\s*})/g, "$1")), sessions: stack.sessions };
  writeFileSync(join(__dirname, `${process.env.GOLDEN_NAME}.json`), `${JSON.stringify(golden, undefined, 1)}\n`);
  await stack.do("destroy");
});
