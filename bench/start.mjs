// What a plugin process takes from its start to its first answer: for dynamic resources, against a provider that does nothing,
// and the plugin of this package, against that.
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./stage.mjs";

const require = createRequire(import.meta.url);
const ROUNDS = 8;
const NOOP = "exports.handler=()=>({check:async(o,n)=>({inputs:n})})";

/** In turns, and the shortest of each: whatever else the machine does only adds to a time. */
export async function start(stage) {
  const { BOOTSTRAP } = require("../dist/provider/resource/bootstrap.js");
  const { PLUGIN_TYPE, TYPE } = require("../dist/provider/model/resource-types.js");
  const { Plugin } = require("../dist/sandbox/engine/process/plugin.js");
  const { env, directory: programDirectory } = stage.stack("ours", 1);
  const plugins = { "alicloud-live": join(root, "plugin") };
  const options = { programDirectory, engineAddress: "", env, project: "bench", plugins, onLine() {} };
  const args = {
    domain: "play.example.com",
    outputTemplate: "lp_hd",
    inputList: [{ inputUrl: "rtmp://a.example.com/b/c" }],
  };
  const measure = async (type, text) => {
    const urn = `urn:pulumi:bench::bench::${type}::m`;
    const provider = `urn:pulumi:bench::bench::pulumi:providers:${type.split(":")[0]}::default`;
    const own = text === undefined ? {} : { __provider: text, __urn: urn };
    const began = performance.now();
    const started = Plugin.start(options, provider, {});
    try {
      const plugin = await started.plugin;
      const { failures } = await plugin.check(urn, {}, { ...args, ...own });
      if (failures.length > 0) {
        throw new Error(`start: ${failures[0].reason}`);
      }
      return (performance.now() - began) / 1000;
    } finally {
      await started.stop();
    }
  };
  const times = { dynamic: [], noop: [], plugin: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.dynamic.push(await measure(TYPE, BOOTSTRAP));
    times.noop.push(await measure(TYPE, NOOP));
    times.plugin.push(await measure(PLUGIN_TYPE));
  }
  const best = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, Math.min(...list)]));
  const row = (what, value, floor) => ({
    ...{ row: `start: ${what}`, n: 1, parallel: null, ratio: value / floor, value, unit: "s", floor },
    ...{ calls: null, throttled: null },
  });
  return [
    row("process to first answer", best.dynamic, best.noop),
    row("the plugin, against the dynamic resource", best.plugin, best.dynamic),
  ];
}
