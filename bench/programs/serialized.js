// The same resource, with its hooks as a provider object that Pulumi's SDK serializes.
const pulumi = require("@pulumi/pulumi");
const { args, count } = require("./common");

const provider = {
  check: (olds, news) => require("pulumi-alicloud-live/dynamic").handler().check(olds, news),
  diff: (id, olds, news) => require("pulumi-alicloud-live/dynamic").handler().diff(id, olds, news),
  create: (inputs) => require("pulumi-alicloud-live/dynamic").handler().create(inputs),
  update: (id, olds, news) => require("pulumi-alicloud-live/dynamic").handler().update(id, olds, news),
  delete: (id, props) => require("pulumi-alicloud-live/dynamic").handler().delete(id, props),
};

class Serialized extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super(provider, name, { ...props, inputList: pulumi.secret(props.inputList), monitorId: undefined });
  }
}

for (let i = 0; i < count; i += 1) {
  new Serialized(`m${i}`, args(i));
}
