import { DeleteRequest, ReadRequest, UpdateRequest } from "@pulumi/pulumi/proto/provider_pb";
import { RequestUrns } from "../../../provider/host/request-urns";

const HOST = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
const KINDS = { ReadRequest, UpdateRequest, DeleteRequest };
const originals = Object.values(KINDS).map(({ prototype }) => ({ prototype, getId: prototype.getId }));

afterEach(() => {
  for (const { prototype, getId } of originals) {
    prototype.getId = getId;
  }
});

test.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
  "the URN of a %s is known once the host has taken its id",
  (kind) => {
    const urns = RequestUrns.of(HOST);
    const request = new KINDS[kind]();
    request.setId("m-1");
    request.setUrn("urn:pulumi:now::shop::t::wall");
    expect(urns.urnOf("m-1")).toBeUndefined();
    expect(request.getId()).toBe("m-1");
    expect(urns.urnOf("m-1")).toBe("urn:pulumi:now::shop::t::wall");
  },
);

test("a request without URN leaves it unknown", () => {
  const urns = RequestUrns.of(HOST);
  const request = new DeleteRequest();
  request.setId("m-1");
  request.getId();
  expect(urns.urnOf("m-1")).toBeUndefined();
});

test.each([undefined, "", "/nowhere/index.js", __filename])(
  "in a process that is not the plugin host (%s), nothing is known",
  (host) => {
    expect(RequestUrns.of(host).urnOf("m-1")).toBeUndefined();
    expect(DeleteRequest.prototype.getId).toBe(originals[2]?.getId);
  },
);
