import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fromKeys } from "../base/objects";

type Props = Record<string, unknown>;

export type Options = pulumi.CustomResourceOptions;
type Change = (props: Props, opts: Options) => pulumi.ResourceTransformationResult;

/**
 * Lets a class have the last word on its resources' properties, after the transformations of the resource, its parents and
 * the stack. The SDK keeps their list in `__transformations` and then goes through it, so ours is put at its end.
 */
export function afterTransformations(ofClass: { prototype: pulumi.Resource }, change: Change): void {
  const lists = new WeakMap<object, pulumi.ResourceTransformation[]>();
  Object.defineProperty(ofClass.prototype, "__transformations", {
    configurable: true,
    get(this: object) {
      return lists.get(this);
    },
    set(this: object, list: pulumi.ResourceTransformation[]) {
      // Children inherit the list, so it sees them too.
      lists.set(this, [...list, ({ resource, props, opts }) => (resource === this ? change(props, opts) : undefined)]);
    },
  });
}

const marked = new WeakSet<object>();

/** These of the values as secrets; one that was made here already stays as it is, because each costs a handful of promises. */
export function withSecrets<T extends Props>(props: T, keys: readonly string[]): T {
  const given = keys.filter((key) => props[key] !== undefined && !marked.has(props[key] as object));
  const secrets = fromKeys(given, (key) => pulumi.secret(props[key]));
  for (const secret of Object.values(secrets)) {
    marked.add(secret);
  }
  return { ...props, ...secrets };
}

/** What these keys are to be in the outputs, whatever a transformation made of the options. */
export function withSecretOutputs(opts: Options | undefined, keys: readonly string[]): Options {
  const outputs = new Set([...(opts?.additionalSecretOutputs ?? []), ...keys]);
  return { ...opts, additionalSecretOutputs: [...outputs] };
}

/** Which of these values are secret; `undefined` for none. */
export function secretKeys(props: Props, keys: readonly string[]): Promise<string[] | undefined> | undefined {
  const candidates = keys.filter((key) => pulumi.Output.isInstance(props[key]));
  if (candidates.length === 0) {
    return undefined;
  }
  return Promise.all(candidates.map((key) => pulumi.isSecret(props[key] as pulumi.Output<unknown>))).then((answers) => {
    const secrets = candidates.filter((_, index) => answers[index]);
    return secrets.length > 0 ? secrets : undefined;
  });
}

let isResolved = false;

/**
 * Pulumi loads the hooks from the program's folder, which is not where a component library finds this package. Told here,
 * because the text in the state can only say that the package is missing. A test and an inline program have no such folder.
 */
export function expectOwnDependency(runner = require.main?.filename, folder = process.cwd()): void {
  if (isResolved || runner === undefined || !/[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(runner)) {
    return;
  }
  try {
    createRequire(join(folder, "program.js")).resolve("pulumi-alicloud-live/dynamic");
    isResolved = true;
  } catch {
    throw new pulumi.RunError(
      `The package pulumi-alicloud-live is installed, but cannot be loaded from ${folder}, where Pulumi needs it. Nothing was done. Add it to this program's own dependencies there (\`npm install pulumi-alicloud-live\`, or \`pnpm add pulumi-alicloud-live\`), even if a library has it, then run the command again.`,
    );
  }
}
