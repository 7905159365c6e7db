// A dynamic resource of the same constant-text form that does nothing.
const pulumi = require("@pulumi/pulumi");
const { args, count } = require("./common");

const TEXT = `exports.handler=()=>({check:async(o,n)=>({inputs:n}),diff:async()=>({changes:false}),create:async(i)=>({id:"n",outs:i}),delete:async()=>{}})`;

class Noop extends pulumi.CustomResource {
  constructor(name, props) {
    const inputs = { ...props, inputList: pulumi.secret(props.inputList), __provider: TEXT };
    super("pulumi-nodejs:dynamic/bench:Noop", name, inputs);
  }
}

for (let i = 0; i < count; i += 1) {
  new Noop(`m${i}`, args(i));
}
