import { Provider, type ProviderArgs } from "../../../provider/resource/provider";

const profile = { profile: "other" };
class Settings {
  profile = "other";
}

test.each<[string, unknown, RegExp]>([
  ["a promise", Promise.resolve(profile), /must be one plain object/],
  ["nothing", null, /must be one plain object/],
  ["a text", "other", /must be one plain object/],
  ["a list", [profile], /must be one plain object/],
  ["a map", new Map(Object.entries(profile)), /must be one plain object/],
  ["an instance of a class", new Settings(), /must be one plain object/],
  ["an object with settings above it", Object.create(profile), /must be one plain object/],
  ["a function", () => profile, /must be one plain object/],
  ["a slip of the pen", { profil: "other" }, /has no argument `profil`; did you mean `profile`\?/],
  [
    "a password",
    { endpoints: { live: "https://me:hush-hush@live.example.com" } },
    /must not hold a user name or password/,
  ],
  ["a user name", { endpoints: { sts: "me@sts.example.com" } }, /must not hold a user name or password/],
  ["what nobody knows", { flavour: "other" }, /has no argument `flavour`\. It takes/],
])("a Provider that is given %s is refused: it would work as somebody else", (_what, args, message) => {
  expect(() => new Provider("p", args as ProviderArgs)).toThrow(message);
});
