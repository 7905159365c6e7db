// N monitors of ours. BENCH_RUNNING=1: each is started.
const { StreamMonitor } = require("pulumi-alicloud-live");
const { args, count } = require("./common");

for (let i = 0; i < count; i += 1) {
  new StreamMonitor(`m${i}`, { ...args(i), ...(process.env.BENCH_RUNNING ? { running: true } : {}) });
}
