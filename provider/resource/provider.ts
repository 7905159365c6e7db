import * as pulumi from "@pulumi/pulumi";
import { EXPLICIT_PROVIDER_KEY, isPlainSetting, meantBy, SETTINGS } from "../model/setting-names";
import { afterTransformations, withSecrets } from "./program-side";

/** Settings of an explicit {@link Provider}; each comes before the environment. */
export interface ProviderArgs {
  /** The region, such as `cn-shanghai`. */
  region?: pulumi.Input<string>;
  /** The access key id. */
  accessKey?: pulumi.Input<string>;
  /** The access key secret. Kept as a secret. */
  secretKey?: pulumi.Input<string>;
  /** The token of temporary credentials. Kept as a secret; it is saved in the state, so a later destroy may find it expired. */
  securityToken?: pulumi.Input<string>;
  /** The profile of the Alibaba Cloud CLI to take credentials from. */
  profile?: pulumi.Input<string>;
  /** The file that holds the profile, where it is not the Alibaba Cloud CLI's own. */
  sharedCredentialsFile?: pulumi.Input<string>;
  /** The RAM role of the ECS instance to take credentials from. */
  ecsRoleName?: pulumi.Input<string>;
  /** An address to fetch credentials from. */
  credentialsUri?: pulumi.Input<string>;
  /** The RAM role to assume with the access key. */
  assumeRole?: pulumi.Input<{
    roleArn: pulumi.Input<string>;
    sessionName?: pulumi.Input<string>;
    policy?: pulumi.Input<string>;
    externalId?: pulumi.Input<string>;
    sessionExpiration?: pulumi.Input<number>;
  }>;
  /** The RAM role to assume with the token of an OIDC provider. What it leaves out comes from ALIBABA_CLOUD_ROLE_ARN and the like. */
  assumeRoleWithOidc?: pulumi.Input<{
    roleArn?: pulumi.Input<string>;
    oidcProviderArn?: pulumi.Input<string>;
    oidcTokenFile?: pulumi.Input<string>;
    roleSessionName?: pulumi.Input<string>;
    policy?: pulumi.Input<string>;
    sessionExpiration?: pulumi.Input<number>;
  }>;
  /** Hosts to call instead of the public ones. */
  endpoints?: pulumi.Input<{ live?: pulumi.Input<string>; sts?: pulumi.Input<string> }>;
  /** `HTTP` or `HTTPS`; plain HTTP is accepted only for loopback. */
  protocol?: pulumi.Input<string>;
  /** The account that the credentials must belong to: a create in another fails. */
  accountId?: pulumi.Input<string>;
}

/**
 * Another account or region for some resources of a stack. Settings that it lacks come from the environment: Pulumi does not pass
 * the stack's configuration to an explicit provider. Everything but region, profile, profile file, ECS role name, endpoints, protocol and account id
 * is secret in the state.
 *
 * @example Sessions in two regions
 * ```typescript
 * const singapore = new Provider("singapore", { region: "ap-southeast-1" });
 * new StreamMonitor("wall", args, { provider: singapore });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, configuration(name, args), opts);
  }
}

function isSecret(key: string): boolean {
  return key.startsWith("alicloud:") && !isPlainSetting(key.slice("alicloud:".length));
}

afterTransformations(Provider, (props, opts) => ({
  props: withSecrets(props, Object.keys(props).filter(isSecret)),
  opts,
}));

const STRUCTURED: ReadonlySet<string> = new Set<keyof ProviderArgs>(["assumeRole", "assumeRoleWithOidc", "endpoints"]);

/** The same full keys as in a stack's configuration; without the colon Pulumi would put the project's name before them. */
function configuration(name: string, args: ProviderArgs): pulumi.Inputs {
  expectArguments(name, args);
  expectNoLogin(name, args.endpoints);
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  for (const [key] of given) {
    expectSetting(name, key);
  }
  const carried = (key: string, value: unknown) => (STRUCTURED.has(key) ? pulumi.jsonStringify(value) : value);
  const inputs = Object.fromEntries(given.map(([key, value]) => [`alicloud:${key}`, carried(key, value)]));
  return args.accessKey === undefined ? inputs : { ...inputs, [EXPLICIT_PROVIDER_KEY]: "true" };
}

/** Endpoints stand in the state in clear. */
function expectNoLogin(name: string, endpoints: unknown): void {
  if (JSON.stringify(endpoints ?? {}).includes("@")) {
    throw new TypeError(
      `The endpoints of Provider "${name}" must not hold a user name or password: the state keeps them in clear. Nothing was sent. Correct the program, then run the command again.`,
    );
  }
}

/** A promise, an output or a class instance hides its settings, and the provider would use another identity. */
function expectArguments(name: string, args: unknown): void {
  const prototype: unknown = typeof args === "object" && args !== null ? Object.getPrototypeOf(args) : undefined;
  // An object of another realm, as in a test, has another `Object`.
  const isPlain = prototype === null || (typeof prototype === "object" && Object.getPrototypeOf(prototype) === null);
  if (!isPlain || Array.isArray(args) || Object.keys(prototype ?? {}).length > 0) {
    throw new TypeError(
      `The arguments of Provider "${name}" must be one plain object; single values in it may be promises or outputs. Nothing was sent. Correct the program, then run the command again.`,
    );
  }
}

/** JavaScript does not notice a misspelt setting, and the provider would use another identity. */
function expectSetting(name: string, key: string): void {
  if (!SETTINGS.some((setting) => setting === key)) {
    const meant = meantBy(key, SETTINGS);
    throw new TypeError(
      `Provider "${name}" has no argument \`${key}\`${meant === undefined ? "." : `; did you mean \`${meant}\`?`} It takes ${SETTINGS.join(", ")}. Nothing was sent. Correct the program, then run the command again.`,
    );
  }
}
