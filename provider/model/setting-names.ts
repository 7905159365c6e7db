import { entry, once } from "../base/objects";

/** Settings by their full keys. */
interface Settings {
  config(key: string): string | undefined;
  configuration?(): object | undefined;
}

/** The settings of pulumi-alicloud that this provider reads, each with the names that other tools give it. */
const READ = {
  region: "regionId",
  accessKey: "accessKeyId accessId",
  secretKey: "accessKeySecret accessSecret accessSecretKey secretAccessKey",
  securityToken: "accessKeyToken sessionToken stsToken token",
  profile: "profileName",
  sharedCredentialsFile: "credentialsFile credentialFile sharedConfigFile",
  assumeRole: "role ramRole roleArn assumeRoleArn ramRoleArn",
  assumeRoleWithOidc: "assumeRoleOidc oidc",
  ecsRoleName: "ecsRole ecsRamRole ecsRamRoleName roleName ramRoleName",
  credentialsUri: "credentialsUrl",
  endpoints: "liveEndpoint stsEndpoint",
  protocol: "",
  accountId: "",
};
export type SettingName = keyof typeof READ;
export const SETTINGS = Object.keys(READ) as SettingName[];

/** Settings that stand in the state in clear. Everything else is secret: an unknown name may hold anything. */
export const PLAIN_SETTINGS: readonly string[] =
  "region profile sharedCredentialsFile ecsRoleName endpoints protocol accountId explicitProvider".split(" ");
export const isPlainSetting = (name: string): boolean => PLAIN_SETTINGS.includes(name);

/** Set by an explicit `Provider` that has an access key: no other credentials may replace that. */
export const EXPLICIT_PROVIDER_KEY = "alicloud:explicitProvider";

/** The settings of pulumi-alicloud that mean nothing here. */
const IGNORED =
  "accountType clientConnectTimeout clientReadTimeout configurationSource fc logEndpoint maxRetryTimeout mnsEndpoint otsInstanceName secureTransport securityTransport signVersion skipRegionValidation sourceIp".split(
    " ",
  );

/** The settings that are set but mean nothing here, by their full names. */
export function ignoredSettings({ config }: Settings): string[] {
  return IGNORED.map((name) => `alicloud:${name}`).filter((key) => config(key) !== undefined);
}

/** The settings that look like a misspelt one of ours. A plugin can only ask for keys that it knows, so every likely slip is. */
export function misspeltSettings({ config, configuration = () => ({}) }: Settings): readonly Misspelt[] {
  const source = configuration();
  return source === undefined ? [] : entry(found, source, () => slips().filter(({ key }) => config(key) !== undefined));
}

type Misspelt = { key: string; meant: string };

/** Thousands of spellings are too many to ask for at every call. */
const found = new WeakMap<object, Misspelt[]>();

const slips = once((): Misspelt[] => {
  const own = (name: SettingName) => [...slipsOf(name), ...stylesOf(name)];
  const known = new Set<string>([...SETTINGS, ...IGNORED]);
  const spelt = (spell: typeof own) =>
    SETTINGS.flatMap((name) => spell(name).map((each) => [each, name] as const)).filter(([each]) => !known.has(each));
  const meant = new Map([...spelt(own), ...spelt(foreignNames)]);
  return [...meant].map(([each, name]) => ({ key: `alicloud:${each}`, meant: `alicloud:${name}` }));
});

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** A name itself, and all that are one letter away from it. */
function slipsOf(name: string): string[] {
  const places = [...name].map((_, at) => ({ head: name.slice(0, at), tail: name.slice(at) }));
  return [
    name,
    ...places.map(({ head, tail }) => head + tail.slice(1)),
    ...places.map(({ head, tail }) => head + tail.charAt(1) + tail.charAt(0) + tail.slice(2)),
    ...places.flatMap(({ head, tail }) => LETTERS.map((letter) => head + letter + tail.slice(1))),
    ...[...places, { head: name, tail: "" }].flatMap(({ head, tail }) => LETTERS.map((letter) => head + letter + tail)),
  ].filter((each) => each !== "");
}

/** `accessKey` as other tools write it. */
function stylesOf(name: string): string[] {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const abbreviations = name.replace(/(Uri|Oidc|Arn|Ecs|Id|Url)(?![a-z])/g, (word) => word.toUpperCase());
  const pascal = name.charAt(0).toUpperCase() + name.slice(1);
  return [name, snake, snake.replaceAll("_", "-"), name.toLowerCase(), name.toUpperCase(), pascal, abbreviations];
}

/** The names that are no setting at all, each with the one that it looks like. */
export function unknownSettings(names: readonly string[]): { name: string; meant: string | undefined }[] {
  const known: readonly string[] = [...SETTINGS, ...IGNORED];
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      name,
      meant: meantBy(name, SETTINGS) ?? SETTINGS.find((each) => foreignNames(each).includes(name)),
    }));
}

const foreignNames = (name: SettingName) => READ[name].split(" ").flatMap(stylesOf);

/** The known name that looks like this one. */
export function meantBy(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.replace(/[_\-\s]/g, "").toLowerCase();
  return known.find((each) => slipsOf(plain(each)).includes(plain(name)));
}
