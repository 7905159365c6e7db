// What a plugin process takes from its start to its first answer, against a provider that does nothing.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const ROUNDS = 8;
const NOOP = "exports.handler=()=>({check:async(o,n)=>({inputs:n})})";

/** In turns, and the shortest of each: whatever else the machine does only adds to a time. */
export async function start(stage) {
  const { BOOTSTRAP, TYPE } = require("../dist/provider/resource/bootstrap.js");
  const { Plugin } = require("../dist/sandbox/engine/process/plugin.js");
  const { env, directory: programDirectory } = stage.stack("ours", 1);
  const urn = `urn:pulumi:bench::bench::${TYPE}::m`;
  const args = {
    domain: "play.example.com",
    outputTemplate: "lp_hd",
    inputList: [{ inputUrl: "rtmp://a.example.com/b/c" }],
  };
  const measure = async (text) => {
    const began = performance.now();
    const started = Plugin.start({ programDirectory, engineAddress: "", env, project: "bench", onLine() {} }, {});
    try {
      const plugin = await started.plugin;
      const { failures } = await plugin.check(urn, {}, { ...args, __provider: text, __urn: urn });
      if (failures.length > 0) {
        throw new Error(`start: ${failures[0].reason}`);
      }
      return (performance.now() - began) / 1000;
    } finally {
      await started.stop();
    }
  };
  const [ours, noop] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await measure(BOOTSTRAP));
    noop.push(await measure(NOOP));
  }
  const [value, floor] = [Math.min(...ours), Math.min(...noop)];
  const row = "start: process to first answer";
  return { row, n: 1, parallel: null, ratio: value / floor, value, unit: "s", floor, calls: null, throttled: null };
}
