/**
 * What to tell a user whose Node cannot run this package, if so. Its dependencies are ES modules that are loaded by `require`:
 * Node does that from 20.19 and from 22.12, and some versions before with an option. One that is new enough and was told not to
 * is explained when a dependency is loaded.
 */
export function unsupportedNode({ version, features }: NodeFacts = process): string | undefined {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number);
  const isNewEnough = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (isNewEnough || (features as { require_module?: boolean }).require_module === true) {
    return undefined;
  }
  return `pulumi-alicloud-live needs Node 20.19 or newer, and from 22 on 22.12 or newer; this is Node ${version}. Nothing was done, and the state is as it was. Install Node 22.12 or newer, then run the same command again.`;
}

type NodeFacts = Pick<NodeJS.Process, "version"> & { features: object };

/**
 * What to tell a user whose SDK rules their Node out, if so. npm only warns of that, and Pulumi says nothing: most things
 * work, and what does not fails in ways that nobody has tried.
 */
export function mismatchedSdk(
  sdk: { version?: string; engines?: { node?: string } },
  node = process.version,
): string | undefined {
  const needed = /^>=\s*v?(\d+)/.exec(sdk.engines?.node ?? "")?.[1];
  if (needed === undefined || Number(needed) <= Number(/\d+/.exec(node)?.[0])) {
    return undefined;
  }
  return `@pulumi/pulumi ${sdk.version} needs Node ${needed} or newer, and this is Node ${node}: it is not tested and may fail. Use Node ${needed} or newer; the last SDK for Node 20 is 3.248.0.`;
}
