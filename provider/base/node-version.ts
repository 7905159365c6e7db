/**
 * The error for a Node that cannot run this package, if so. Its dependencies are ES modules that are loaded by `require`: Node can
 * do that from 20.19 and from 22.12, and some older versions with an option.
 */
export function unsupportedNode({ version, features }: NodeFacts = process): string | undefined {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number);
  const isNewEnough = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (isNewEnough || (features as { require_module?: boolean }).require_module === true) {
    return undefined;
  }
  return `pulumi-alicloud-live needs Node 20 from 20.19, or Node 22.12 or newer; this is Node ${version}. Nothing was done, and the state is unchanged. Install Node 22.12 or newer, then run the same command again.`;
}

type NodeFacts = Pick<NodeJS.Process, "version"> & { features: object };

/** The warning for an SDK that does not support this Node, if so. npm only warns, and Pulumi says nothing. */
export function mismatchedSdk(
  sdk: { version?: string; engines?: { node?: string } },
  node = process.version,
): string | undefined {
  const needed = /^>=\s*v?(\d+)/.exec(sdk.engines?.node ?? "")?.[1];
  if (needed === undefined || Number(needed) <= Number(/\d+/.exec(node)?.[0])) {
    return undefined;
  }
  return `@pulumi/pulumi ${sdk.version} needs Node ${needed} or newer, but this is Node ${node}: this pair is not tested and may fail. Use Node ${needed} or newer; the last SDK for Node 20 is 3.248.0.`;
}
