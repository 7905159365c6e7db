import * as pulumi from "@pulumi/pulumi";
import { isPlainSetting } from "../model/setting-names";
import { withSecrets } from "./program-side";
import type { ProviderArgs } from "./provider";

const STRUCTURED: readonly string[] = [
  "assumeRole",
  "assumeRoleWithOidc",
  "endpoints",
] satisfies (keyof ProviderArgs)[];

/** Settings of the plugin for some resources of a stack. What it lacks comes from the environment. */
export class PluginProvider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const inputs = Object.fromEntries(
      Object.entries(args).map(([key, value]) => [key, STRUCTURED.includes(key) ? pulumi.jsonStringify(value) : value]),
    );
    const secret = Object.keys(inputs).filter((key) => !isPlainSetting(key));
    super("alicloud-live", name, withSecrets(inputs, secret), opts);
  }
}
