// The pattern that others follow, each resource on its own.
const pulumi = require("@pulumi/pulumi");
const { args, count } = require("./common");

class Peer extends pulumi.CustomResource {
  constructor(name, props) {
    const __provider = `exports.handler=()=>require(${JSON.stringify(process.env.BENCH_PEER)}).handler()`;
    super("pulumi-nodejs:dynamic/bench:Peer", name, { ...props, name, __provider });
  }
}

for (let i = 0; i < count; i += 1) {
  new Peer(`m${i}`, args(i));
}
