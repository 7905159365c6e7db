import * as pulumi from "@pulumi/pulumi";
import { mismatchedSdk } from "../base/node-version";
import { fromKeys, once, withoutUndefined } from "../base/objects";
import type { StreamMonitorArgs } from "../model/args";
import { DERIVING_KEYS, RECORDED, SECRET_KEYS, SESSION_KEYS } from "../model/fields";
import { PLUGIN_TYPE, TYPE } from "../model/resource-types";
import { internalProperties, withSecretNames } from "../model/state";
import { BOOTSTRAP } from "./bootstrap";
import { MonitorOutputs } from "./monitor-outputs";
import {
  afterTransformations,
  expectOwnDependency,
  type Options,
  secretKeys,
  withSecretOutputs,
  withSecrets,
} from "./program-side";

/** Where to look for the session that `StreamMonitor.get` reads. */
export interface StreamMonitorState {
  /** The session's region. @default `alicloud:region` of the configuration, then ALIBABA_CLOUD_REGION */
  region?: pulumi.Input<string>;
}

/**
 * A monitoring session of ApsaraVideo Live: it shows several live streams on one screen and raises alerts on them. While it
 * runs, it costs money.
 *
 * `pulumi up` creates it and, with `running: true`, starts it; `pulumi destroy` stops it, waits until it has stopped, and
 * deletes it. Only a successful delete, or `StreamMonitorNotExist` from the owning account, region and endpoint, counts as
 * deleted.
 *
 * `retainOnDelete` and `deletedWith` make Pulumi skip the delete: the session then **stays, runs on and costs money**, and
 * no stack records it. Before you take a session out of a stack, stop it.
 *
 * @example A session that runs as long as the stack exists
 * ```typescript
 * import { StreamMonitor } from "pulumi-alicloud-live";
 *
 * const wall = new StreamMonitor("wall", {
 *   domain: "play.example.com",
 *   outputTemplate: "lp_hd",
 *   inputList: [{ inputUrl: "rtmp://play.example.com/app/camera-1?auth_key=…", layoutId: 1 }],
 *   running: true,
 * });
 *
 * export const playUrl = wall.outputUrls.flvUrl;
 * ```
 *
 * @example A session that must not be cut off: a destroy waits for its end, up to two hours
 * ```typescript
 * new StreamMonitor("broadcast", { ...args, onDelete: "wait", timeouts: { delete: "2h" } });
 * ```
 *
 * @example Take over a session that was made in the console
 * ```typescript
 * new StreamMonitor("wall", { ...args, adopt: { monitorId: "445409ec-7eaa-461d-8f29-4bec2eb90000" } });
 * ```
 */
export class StreamMonitor extends MonitorOutputs {
  /** The type that policies and transformations see. */
  static readonly __pulumiType = TYPE;

  /** Whether an object is a `StreamMonitor`, of whatever copy of this package. */
  static override isInstance(value: unknown): value is StreamMonitor {
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === TYPE;
  }

  /**
   * Declares a monitoring session.
   *
   * @param name the resource's name in the stack; project, stack and this name form the session's name
   * @param args what the session is to be
   * @param opts Pulumi's resource options; `customTimeouts` are used as if they were in `timeouts`
   */
  constructor(name: string, args: StreamMonitorArgs, opts?: pulumi.CustomResourceOptions) {
    expectOwnDependency();
    const { prepareStackTrace } = Error;
    // The SDK reads the stack of four promises of each output, and source maps make each of them dear: 6 ms a resource in all.
    // Only the one that tells where in the program the resource stands, which has no limit, is worth that. What is thrown
    // here is read later, and has its stack.
    if (prepareStackTrace !== undefined) {
      Error.prepareStackTrace = (error, frames) =>
        Error.stackTraceLimit === Number.POSITIVE_INFINITY
          ? prepareStackTrace(error, frames)
          : `${error}\n    at ${frames.slice(0, 3).join("\n    at ")}`;
    }
    try {
      warnOfSdk();
      // JavaScript may leave them out; `check` says what is missing.
      const given = args ?? {};
      const inputs = opts?.id === undefined ? declaration(name, given, opts) : lookUp(name, given, opts);
      // A session that the plugin manages moves here without a call.
      const aliases = [...(opts?.aliases ?? []), { type: PLUGIN_TYPE }];
      super(TYPE, name, inputs, { ...withSecretOutputs(opts, SECRET_KEYS), aliases });
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  }

  /**
   * Reads a session that this stack does not own. It is never changed or deleted. Fails when there is no such session.
   *
   * @param name a name for it in the stack
   * @param id the session's id (API field `MonitorId`)
   * @param state where to look
   * @param opts Pulumi's resource options
   *
   * @example
   * ```typescript
   * const wall = StreamMonitor.get("wall", "445409ec-7eaa-461d-8f29-4bec2eb90000");
   * export const playUrl = wall.outputUrls.flvUrl;
   * ```
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: StreamMonitorState,
    opts?: pulumi.CustomResourceOptions,
  ): StreamMonitor {
    return new StreamMonitor(name, (state ?? {}) as StreamMonitorArgs, { ...opts, id });
  }
}

/** Says once in a program that its SDK rules this Node out. */
const warnOfSdk = once(() => {
  const problem = mismatchedSdk(require("@pulumi/pulumi/package.json"));
  if (problem !== undefined) {
    void pulumi.log.warn(problem);
  }
});

afterTransformations(StreamMonitor, (props, opts) => ({
  props: opts.id === undefined ? withMarks(props) : props,
  opts: withSecretOutputs(opts, SECRET_KEYS),
}));

/** The plugin marks what must be secret, too; it is not told which other values are, so their names go along. */
function withMarks(props: pulumi.Inputs): pulumi.Inputs {
  return withSecretNames(withSecrets(props, SECRET_KEYS), secretKeys(props, DERIVING_KEYS));
}

/** Outputs exist only for keys that were registered, so those that the cloud fills are announced as undefined. */
const COMPUTED = [...RECORDED, "region", "monitorName", "app", "stream"] as const;

function declaration(name: string, args: StreamMonitorArgs, opts: Options | undefined): pulumi.Inputs {
  const { create, update, delete: ofDelete } = opts?.customTimeouts ?? {};
  const custom = withoutUndefined({ create, update, delete: ofDelete });
  // The plugin protocol drops `customTimeouts`, so they travel as an argument.
  const timeouts =
    Object.keys(custom).length > 0
      ? pulumi.output(args.timeouts).apply((own) => ({ ...own, ...custom }))
      : args.timeouts;
  return {
    ...fromKeys(COMPUTED, () => undefined),
    ...withSecrets({ ...args }, SECRET_KEYS),
    ...withoutUndefined({ timeouts }),
    ...internals(name, opts, false, args.adopt !== undefined && hasExplicitProvider(opts)),
  };
}

function lookUp(name: string, { region }: StreamMonitorArgs, opts: Options): pulumi.Inputs {
  return {
    ...fromKeys([...COMPUTED, ...SESSION_KEYS], () => undefined),
    region,
    ...internals(name, opts, true),
  };
}

/** The hooks' code, and the resource's own URN: a hook is not told it, and needs it for the name and for progress. */
function internals(name: string, opts: Options | undefined, isGet: boolean, isExplicit?: boolean): pulumi.Inputs {
  const urn = opts?.parent === undefined ? urnOfRoot(name) : urnBelow(opts.parent, name);
  return internalProperties(BOOTSTRAP, urn, isGet, isExplicit);
}

/** An explicit provider has a plugin process to itself, which knows nothing of the stack's other resources. */
function hasExplicitProvider(opts: Options | undefined): boolean {
  return (opts?.provider ?? opts?.parent?.getProvider(TYPE)) !== undefined;
}

/** As the SDK's `createUrn` makes it, which takes twenty promises for it. */
function urnOfRoot(name: string): string {
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${TYPE}::${name}`;
}

function urnBelow(parent: pulumi.Resource, name: string): Promise<string> {
  const urn = pulumi.createUrn(name, TYPE, parent);
  // As a bare promise: an output would make the parent a dependency, a component counts as all its children, and this
  // resource would wait for itself.
  return new Promise((resolve) => void urn.apply(resolve));
}
