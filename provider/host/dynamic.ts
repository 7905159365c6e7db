import type * as pulumi from "@pulumi/pulumi";
import { Failure } from "../base/errors";
import { unsupportedNode } from "../base/node-version";
import { ifPossible, withoutUndefined } from "../base/objects";
import { redact } from "../base/redact";
import { finalError, MonitorError } from "../lifecycle/final-error";
import { MonitorLifecycle } from "../lifecycle/monitor";
import type { VerbName } from "../lifecycle/operation";
import { ownerFromUrn } from "../model/names";
import { lacksBootstrap, type Properties, urnIn } from "../model/state";
import { configText } from "./config-text";
import { type PluginDependencies, pluginDependencies } from "./dependencies";
import { markSecrets } from "./secret-marks";

type Mark = (values: Properties) => Properties;

/** The hooks of a `StreamMonitor`: the text in the state calls this, so every version must have it. Tests see plain values. */
export function handler(
  dependencies?: PluginDependencies,
  mark: Mark = dependencies === undefined ? markSecrets : (values) => values,
): pulumi.dynamic.ResourceProvider {
  const problem = unsupportedNode();
  if (problem !== undefined) {
    throw withoutStack("check", problem);
  }
  try {
    return new DynamicFace(dependencies ?? pluginDependencies(), mark);
  } catch (error) {
    throw withoutStack("check", finalError("check", error, []).message);
  }
}

/** Translates Pulumi's dynamic provider hooks into the lifecycle's verbs, and back. */
class DynamicFace implements pulumi.dynamic.ResourceProvider {
  private config: pulumi.dynamic.Config | undefined;
  private readonly lifecycle: MonitorLifecycle;

  constructor(
    private readonly dependencies: PluginDependencies,
    private readonly mark: Mark,
  ) {
    const sources = {
      config: (key: string) => configText(this.config?.get(key)),
      configuration: () => this.config,
      env: dependencies.env,
    };
    this.lifecycle = new MonitorLifecycle(sources, dependencies);
  }

  /** Stores, and does nothing else: the first hook may run before this has returned. */
  async configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = request.config;
  }

  check(olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    return this.presented("check", news, async () => {
      const { inputs, mistakes } = await this.lifecycle.check(olds, news);
      // Pulumi prints the value of a property that a failure names, secret or not, so the path stands in the reason.
      return { inputs: this.mark(inputs), failures: mistakes.map((reason) => ({ property: "", reason })) };
    });
  }

  diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return this.presented("diff", news, async () => {
      const { changed: _inDetail, ...result } = await this.lifecycle.diff(id, olds, news);
      // A state that the plugin wrote lacks the text that Pulumi must run here; an update puts it in, and sends nothing.
      return result.replaces === undefined && lacksBootstrap(olds, news) ? { changes: true } : result;
    });
  }

  create(inputs: Properties): Promise<pulumi.dynamic.CreateResult> {
    return this.presented("create", inputs, async () => {
      const { id, state } = await this.lifecycle.create(inputs, urnIn(inputs));
      return { id, outs: this.mark(state) };
    });
  }

  read(id: string, olds: Properties): Promise<pulumi.dynamic.ReadResult> {
    return this.presented("read", olds, async () => {
      const found = await this.lifecycle.read(id, olds, this.dependencies.urnOf?.(id));
      // An answer without id tells Pulumi that the resource is gone.
      return found === undefined
        ? {}
        : withoutUndefined({ id, props: this.mark(found.state), inputs: found.inputs && this.mark(found.inputs) });
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    return this.presented("update", news, async () => ({
      outs: this.mark(await this.lifecycle.update(id, olds, news, this.dependencies.urnOf?.(id) ?? urnIn(news))),
    }));
  }

  delete(id: string, olds: Properties): Promise<void> {
    return this.presented("delete", olds, () => this.lifecycle.delete(id, olds, this.dependencies.urnOf?.(id)));
  }

  /** Gives errors the form that Pulumi's plugin host reads: with an `id` only where a session was made. */
  private async presented<T>(name: VerbName, properties: Properties, hook: () => Promise<T>): Promise<T> {
    try {
      return await hook();
    } catch (error) {
      // The properties may be what the error is about, so nothing in them is certain.
      const resource = ifPossible(() => ownerFromUrn(urnIn(properties) ?? "")?.resource);
      const failure = withoutStack(name, (error as Error).message, resource);
      const left = error instanceof MonitorError ? error.unfinished : undefined;
      if (left !== undefined) {
        const { message } = failure;
        Object.assign(failure, { id: left.monitorId, properties: this.mark(left.state), reasons: [message] });
      }
      throw failure;
    }
  }
}

/**
 * Pulumi shows the message on the resource's row. For most hooks the plugin host also prints `<error>: <stack>` on the stack's
 * row; there we only say which resource to look at, so that the message does not show twice.
 */
function withoutStack(name: VerbName, message: string, resource?: string): Error {
  const error = new Failure(message);
  error.toString = () => (resource === undefined ? "StreamMonitor" : `StreamMonitor ${redact(resource)}`);
  error.stack = `${name} failed, see the error of that resource`;
  return error;
}
