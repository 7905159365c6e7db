import * as pulumi from "@pulumi/pulumi";
import { afterTransformations, secretly } from "./program-side";

/** Settings of an explicit {@link Provider}; each goes before the stack's configuration and the environment. */
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
  /** Hosts to call instead of the public ones. */
  endpoints?: pulumi.Input<{ live?: pulumi.Input<string>; sts?: pulumi.Input<string> }>;
}

/**
 * An account and region of its own for the resources that are given it, for stacks that span several. What it does not set
 * comes from the environment: the stack's configuration is not seen through an explicit provider. What may hold a secret is one
 * in the state: everything but region, profile, role name and endpoints.
 *
 * @example Sessions in two regions
 * ```typescript
 * const singapore = new Provider("singapore", { region: "ap-southeast-1" });
 * new StreamMonitor("wall", args, { provider: singapore });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, configuration(args), opts);
  }
}

/** What may stand in the state in clear; everything else is a secret, because its name does not tell what it holds. */
const PLAIN: readonly string[] = ["region", "profile", "ecsRoleName", "endpoints", "protocol"];

afterTransformations(Provider, (props, opts) => ({
  props: Object.fromEntries(
    Object.entries(props).map(([key, value]) => [
      key,
      !key.startsWith("alicloud:") || PLAIN.includes(key.slice("alicloud:".length)) ? value : secretly(value),
    ]),
  ),
  opts,
}));

const STRUCTURED: readonly (keyof ProviderArgs)[] = ["assumeRole", "endpoints"];

/** The same full keys as in a stack's configuration; without the colon Pulumi would put the project's name before them. */
function configuration(args: ProviderArgs): pulumi.Inputs {
  const keys = (Object.keys(args) as (keyof ProviderArgs)[]).filter((key) => args[key] !== undefined);
  return Object.fromEntries(
    keys.map((key) => {
      const value = STRUCTURED.includes(key) ? pulumi.jsonStringify(args[key]) : args[key];
      return [`alicloud:${key}`, value];
    }),
  );
}
