import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { bothMarks, received, secured, sent } from "../../../provider/host/plugin-values";
import { UNKNOWN } from "../../../provider/model/fields";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const output = (rest: object) => ({ [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...rest });
const from = (values: object) => received(Struct.fromJavaScript(values as Record<string, JavaScriptValue>));

test.each([
  ["a boolean", "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"],
  ["a number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"],
  ["a string", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"],
  ["a list", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
  ["an asset", "030794c1-ac77-496b-92df-f27374a8bd58"],
  ["an archive", "e48ece36-62e2-4504-bad9-02848725956a"],
  ["an object", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
])("%s that is not known yet is unknown, wherever it stands", (_what, sentinel) => {
  const { values } = from({ running: sentinel, list: [{ deep: sentinel }], hidden: secret(sentinel) });
  expect(values).toEqual({ running: UNKNOWN, list: [{ deep: UNKNOWN }], hidden: UNKNOWN });
});

test.each([
  ["a secret", { a: secret("x") }, { a: "x" }, { a: true }],
  ["a secret in a secret", { a: secret({ b: secret("x") }) }, { a: { b: "x" } }, { a: true }],
  ["a secret in an object", { a: { b: secret("x"), c: 1 } }, { a: { b: "x", c: 1 } }, { a: { b: true } }],
  [
    "a secret in one element",
    { a: [{ b: 1 }, { b: secret(2) }] },
    { a: [{ b: 1 }, { b: 2 }] },
    { a: { "*": { b: true } } },
  ],
  ["an output", { a: output({ value: "x" }) }, { a: "x" }, {}],
  ["a secret output", { a: output({ value: "x", secret: true }) }, { a: "x" }, { a: true }],
  ["an output that is not known yet", { a: output({}) }, { a: UNKNOWN }, {}],
  ["nothing", {}, {}, {}],
])("%s is unwrapped, and remembered", (_what, given, values, marks) => {
  expect(from(given)).toEqual({ values, marks });
});

test("what was marked is marked again, in every element of a list, and where the value is absent nothing is", () => {
  const marks = { a: true, list: { "*": { url: true } }, gone: true } as const;
  const values = { a: "x", list: [{ url: "u", n: 1 }, { url: "v" }], none: undefined, empty: null };
  expect(sent(values, marks).toJavaScript()).toEqual({
    a: secret("x"),
    list: [{ url: secret("u"), n: 1 }, { url: secret("v") }],
    empty: null,
  });
});

test("both marks: a whole secret covers its parts", () => {
  expect(bothMarks({ a: { b: true } }, { a: true, c: { d: true } })).toEqual({ a: true, c: { d: true } });
  expect(bothMarks(undefined, { a: true })).toEqual({ a: true });
  expect(bothMarks(undefined, undefined)).toBeUndefined();
});

test("addresses are secret whatever the program says; of the inputs only their URLs; what is made from a secret too", () => {
  const values = {
    inputList: [{ inputUrl: "rtmp://a", layoutId: 1 }],
    callbackUrl: "https://a",
    dingTalkWebHookUrl: "https://b",
    domain: "play.example.com",
    outputUrls: { flvUrl: "http://play.example.com/a" },
    __secrets: ["domain"],
  };
  expect(secured(values, {}).toJavaScript()).toEqual({
    inputList: [{ inputUrl: secret("rtmp://a"), layoutId: 1 }],
    callbackUrl: secret("https://a"),
    dingTalkWebHookUrl: secret("https://b"),
    domain: secret("play.example.com"),
    outputUrls: secret({ flvUrl: "http://play.example.com/a" }),
    __secrets: ["domain"],
  });
  // A list that the program marked as a whole stays so.
  expect(secured({ inputList: [{ inputUrl: "rtmp://a" }] }, { inputList: true }).toJavaScript()).toEqual({
    inputList: secret([{ inputUrl: "rtmp://a" }]),
  });
});
