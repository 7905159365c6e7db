// The same resource, with its hooks as a provider object that Pulumi's SDK serializes.
const pulumi = require("@pulumi/pulumi");
const { args, count } = require("./common");

// As whoever writes such a provider with care: one set of hooks for the whole plugin process.
const hooks = () => {
  globalThis.benchHooks ??= require("pulumi-alicloud-live/dynamic").handler();
  return globalThis.benchHooks;
};
const provider = {
  check: (olds, news) => hooks().check(olds, news),
  diff: (id, olds, news) => hooks().diff(id, olds, news),
  create: (inputs) => hooks().create(inputs),
  update: (id, olds, news) => hooks().update(id, olds, news),
  delete: (id, props) => hooks().delete(id, props),
};

class Serialized extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super(provider, name, { ...props, inputList: pulumi.secret(props.inputList), monitorId: undefined });
  }
}

for (let i = 0; i < count; i += 1) {
  new Serialized(`m${i}`, args(i));
}
