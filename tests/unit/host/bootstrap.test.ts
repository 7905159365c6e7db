import { automaticName, automaticStream, isNameOfStack, namesOf } from "../../../provider/model/names";
import { sealOf } from "../../../provider/model/record";
import { TYPE } from "../../../provider/model/resource-types";
import { BOOTSTRAP } from "../../../provider/resource/bootstrap";

/** What states and clouds hold already. A change here breaks every stack that exists: do not update these, undo the change. */

test("the code in the state is the same for ever, short, and explains itself", () => {
  expect(BOOTSTRAP).toBe(
    'exports.handler=()=>{try{return require("pulumi-alicloud-live/dynamic").handler()}catch(e){if(e.code!=="MODULE_NOT_FOUND")throw e;e=Error("The package pulumi-alicloud-live cannot be loaded from "+process.cwd()+", so nothing was done; run `npm install` there, then run this again.");e.stack="";throw e}}',
  );
  expect(BOOTSTRAP.length).toBeLessThanOrEqual(400);
  expect(TYPE).toBe("pulumi-nodejs:dynamic/live:StreamMonitor");
});

/** Numbers that give the eight letters `0azk9q5x`. */
const random = () => {
  const letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  const wanted = [..."0azk9q5x"].map((letter) => (letters.indexOf(letter) + 0.5) / letters.length);
  return () => wanted.shift() ?? 0;
};

test.each([
  ["shop", "pr-7", "wall", "shop--pr-7--wall--0azk9q5x"],
  ["fourteen-chars", "fourteen-chars", "fourteen-chars", "fourteen-chars--fourteen-chars--fourteen-chars--0azk9q5x"],
  ["fifteen-chars-x", "dev", "wall", "fifteen-chars-x--dev--wall--0azk9q5x"],
  ["review-environment", "pr-1234", "wall", "review-environment--pr-1234--wall--0azk9q5x"],
  ["review-environment", "pr-1234567890", "wall", "review-8fd8d6c7--pr-1234567890--wall--0azk9q5x"],
  ["shop", "a-stack-of-a-very-long-name", "wall", "shop--a-stack-of-a-ve-73efcf67--wall--0azk9q5x"],
  ["a-project-of-a-long-name", "a-stack-of-a-very-long-name", "wall", "a-pro-e5d3dccc--a-sta-73efcf67--wall--0azk9q5x"],
  ["shop", "a--b", "wall", "shop--a-b-90827a2e--wall--0azk9q5x"],
  ["shop", "-dev-", "wall", "shop--dev-ed5d441c--wall--0azk9q5x"],
  ["商店", "dev", "wall", "61f96c6a--dev--wall--0azk9q5x"],
  ["shop", "dev", "x-deadbeef", "shop--dev--x-dea-65f29b0e--0azk9q5x"],
])("the name of %s, %s, %s", (project, stack, resource, expected) => {
  const name = automaticName({ project, stack, resource }, random());
  expect(name).toBe(expected);
  expect(name.length).toBeLessThanOrEqual(64);
  expect(namesOf({ project, stack, resource })(name)).toBe(true);
  expect(namesOf({ project, stack, resource })(`${name}--x1kq9z`)).toBe(true);
  expect(namesOf({ project, stack, resource: `${resource}x` })(name)).toBe(false);
});

test.each([
  ["fifteen-chars-x", "dev", "wall", "fifte-8dab7090--dev--wall--0azk9q5x"],
  ["review-environment", "pr-1234", "wall", "revie-8fd8d6c7--pr-1234--wall--0azk9q5x"],
  ["shop", "a-stack-of-a-very-long-name", "wall", "shop--a-sta-73efcf67--wall--0azk9q5x"],
])("a name of an earlier version stays a name of %s, %s, %s", (project, stack, resource, name) => {
  const owner = { project, stack, resource };
  expect(namesOf(owner)(name)).toBe(true);
  expect(isNameOfStack(owner, name)).toBe(true);
  expect(namesOf({ ...owner, resource: `${resource}x` })(name)).toBe(false);
  expect(isNameOfStack({ ...owner, stack: `${stack}x` }, name)).toBe(false);
});

test("the stream of a chosen name", () => {
  expect(automaticStream("my wall", random())).toBe("my-wall-9e841ad3--0azk9q5x");
  expect(automaticStream("wall", random())).toBe("wall--0azk9q5x");
  expect(automaticStream("x".repeat(64), random()).length).toBe(64);
});

test("the seal", () => {
  const home = { region: "cn-shanghai", endpoint: "live.aliyuncs.com", accountId: "1000" };
  expect(sealOf("445409ec-7eaa-461d-8f29-4bec2eb90000", home)).toBe("dca3eca9f818d565");
});
