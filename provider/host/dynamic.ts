import type * as pulumi from "@pulumi/pulumi";
import { Account, type Dependencies } from "../account/account";
import { ON_DELETE_VARIABLE, rateFactor, type Sources } from "../account/config";
import { type Clock, systemClock } from "../base/clock";
import { explain, Failure } from "../base/errors";
import { unsupportedNode } from "../base/node-version";
import { redact, redactMessage } from "../base/redact";
import { secretSpellings } from "../base/url-secrets";
import { Announcements } from "../lifecycle/announcements";
import { Claims } from "../lifecycle/claims";
import { settingMistakes } from "../lifecycle/config-guard";
import { type Context, create, destroy, Incomplete, update } from "../lifecycle/monitor";
import { type Operation, type OperationName, type Supervisor, underDeadline } from "../lifecycle/operation";
import { check, diff, type Properties } from "../lifecycle/plan";
import { timeoutFor } from "../lifecycle/policies";
import { type EngineClient, noEngine } from "../lifecycle/progress";
import { read } from "../lifecycle/read";
import { timeoutError } from "../lifecycle/timeout-error";
import { LiveError } from "../live/errors";
import { Pacer, scaledRates } from "../live/pacing";
import { sdkTransport } from "../live/transport";
import { INPUT_KEYS, UNKNOWN } from "../model/fields";
import { ownerFromUrn } from "../model/names";
import { ignoredSettings } from "../model/setting-names";
import type { MonitorState } from "../model/state";
import { markedTexts } from "../model/state";
import { ORIGIN, understood } from "../model/state-shape";
import { engineClient } from "./engine-client";
import { RequestUrns } from "./request-urns";
import { withSecretMarks } from "./secret-marks";
import { Shutdown } from "./shutdown";

/** What the hooks run on. A test brings its own; a plugin process has exactly one. */
export interface PluginDependencies extends Dependencies {
  env: Sources["env"];
  engine: EngineClient;
  supervisor: Supervisor;
  /** The URN by which the engine asked for this session last, where that is known. */
  urnOf?(monitorId: string): string | undefined;
}

let shared: PluginDependencies | undefined;

/** Made at the first use, and shared by all resources of the process: limits hold for an account, not for a resource. */
function pluginDependencies(): PluginDependencies {
  if (shared === undefined) {
    const clock: Clock = systemClock;
    // A copy: each look at the real one is a call into the system, and a resource takes dozens.
    const env = { ...process.env };
    const engine = engineClient(process.argv[2]);
    const pacer = new Pacer(clock, scaledRates(rateFactor(env)));
    const supervisor = new Shutdown(engine, clock);
    const requests = RequestUrns.of(require.main?.filename);
    if (engine !== noEngine) {
      void supervisor.attend();
    }
    shared = { clock, pacer, transport: sdkTransport, env, engine, supervisor, urnOf: (id) => requests.urnOf(id) };
  }
  return shared;
}

/** What the text in the state asks this package for: the hooks of a `StreamMonitor`. Every version must answer it. */
export function handler(dependencies?: PluginDependencies): pulumi.dynamic.ResourceProvider {
  const problem = unsupportedNode();
  if (problem !== undefined) {
    throw withoutStack("check", problem);
  }
  try {
    // A test sees plain values.
    return dependencies === undefined
      ? withSecretMarks(new DynamicFace(pluginDependencies()))
      : new DynamicFace(dependencies);
  } catch (error) {
    throw presentable("check", error, {});
  }
}

/** Pulumi's hooks, turned into lifecycle calls. Nothing but our own errors gets out of here. */
class DynamicFace implements pulumi.dynamic.ResourceProvider {
  private config: pulumi.dynamic.Config | undefined;
  private readonly account: Account;
  private readonly claims = new Claims();
  private readonly announcements: Announcements;
  private hasTold = false;

  constructor(private readonly dependencies: PluginDependencies) {
    const sources: Sources = {
      config: (key) => configText(this.config?.get(key)),
      configuration: () => this.config,
      env: dependencies.env,
    };
    this.account = new Account(sources, dependencies);
    this.announcements = new Announcements(dependencies.engine, dependencies.clock);
  }

  /** Stores, and does nothing else: the first hook may run before this has returned. */
  async configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = request.config;
  }

  async check(olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    this.claims.isProgramRunning = true;
    return ours("check", news, async () => {
      const random = () => this.dependencies.clock.random();
      const { inputs, failures } = check(olds, news, this.account.sources, random);
      const reasons = [
        ...failures.map((each) => `\`${each.property}\` ${each.reason}`),
        ...settingMistakes(this.account.sources),
      ];
      // Pulumi prints the value of a property that a failure names, secret or not, so the path stands in the reason.
      return { inputs, failures: reasons.map((reason) => ({ property: "", reason: redactMessage(reason) })) };
    });
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return ours("diff", news, async () => {
      if (news.__get !== true) {
        this.claims.register(id, [olds.__urn, news.__urn]);
      }
      return diff(olds, news);
    });
  }

  async create(inputs: Properties): Promise<pulumi.dynamic.CreateResult> {
    const { id, state } = await this.run("create", inputs, INPUT_KEYS, declaredUrn(inputs), (declared, context) =>
      create(declared, context),
    );
    return { id, outs: state };
  }

  async read(id: string, olds: Properties): Promise<pulumi.dynamic.ReadResult> {
    if (olds.__get !== true) {
      this.claims.see(id);
    }
    const urn = this.dependencies.urnOf?.(id);
    const found = await this.run("read", olds, ORIGIN, urn, (old, context) => read(id, old, context));
    // An answer without id is how Pulumi is told that a resource is gone.
    return found === undefined ? {} : { id, props: found.state, ...(found.inputs ? { inputs: found.inputs } : {}) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    this.claims.see(id);
    const urn = this.dependencies.urnOf?.(id) ?? declaredUrn(news);
    const outs = await this.run("update", news, INPUT_KEYS, urn, (declared, context) =>
      update(id, understood(olds, ORIGIN), declared, context),
    );
    return { outs };
  }

  async delete(id: string, olds: Properties): Promise<void> {
    const isSteered = Boolean(this.dependencies.env[ON_DELETE_VARIABLE]?.trim());
    const needed = isSteered ? ORIGIN : [...ORIGIN, "onDelete"];
    const urn = this.dependencies.urnOf?.(id);
    await this.run("delete", olds, needed, urn, async (old, context) => {
      this.claims.isProgramRunning ??= (await this.dependencies.engine.runsProgram?.()) ?? true;
      await destroy(id, old, context);
    });
  }

  /** Once for the process: whoever sets them for other resources of the stack knows then that they mean nothing here. */
  private tellIgnored(operation: Operation): void {
    const ignored = this.hasTold ? [] : ignoredSettings(this.account.sources);
    this.hasTold = true;
    if (ignored.length > 0) {
      operation.say(`Stream monitors do not use these settings: ${ignored.join(", ")}.`);
    }
  }

  private run<T>(
    name: OperationName,
    given: Properties,
    needed: readonly string[],
    urn: string | undefined,
    body: (properties: Properties, context: Context) => Promise<T>,
  ): Promise<T> {
    const { clock, engine, env, supervisor } = this.dependencies;
    return ours(name, given, async () => {
      const properties = understood(given, needed);
      const timeoutMs = timeoutFor(name, properties as Partial<MonitorState> as MonitorState, env);
      return underDeadline(
        { name, timeoutMs, urn, clock, engine, secrets: () => secretTexts(properties) },
        supervisor,
        async (operation) => {
          this.tellIgnored(operation);
          try {
            const { account, announcements, claims } = this;
            return await body(properties, { account, announcements, claims, operation });
          } catch (error) {
            throw await timeoutError(error, operation, undefined);
          }
        },
      );
    });
  }
}

/** The URN that the program itself gave: that of this run. */
function declaredUrn(inputs: Properties): string | undefined {
  return typeof inputs.__urn === "string" ? inputs.__urn : undefined;
}

/** A setting of an explicit provider may arrive as a number or an object, and as nobody knows what in a preview. */
function configText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === UNKNOWN) {
    return undefined;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a failed call leaves behind, and what to do about it, where the error itself does not say. */
const AFTERMATH: Readonly<Record<OperationName | "check" | "diff", string>> = {
  check: "Nothing was sent, and the state is as it was.",
  diff: "Nothing was changed.",
  create: "No session was created. Settle that, then run the command again.",
  read: "Nothing was changed, and the state is as it was. Settle that, then run the command again.",
  update: "The update was not carried out, and the state is as it was. Settle that, then run the command again.",
  delete:
    "The session was not deleted: it stays in the state, and may still run and cost money. Settle that, then run the command again.",
};

/** Lets nothing but our own errors out: without stack, and with an `id` only where a session was made. */
async function ours<T>(name: keyof typeof AFTERMATH, properties: Properties, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw presentable(name, error, properties);
  }
}

function presentable(name: keyof typeof AFTERMATH, error: unknown, properties: Properties): Error {
  const { secrets, resource } = factsOf(properties);
  const bare = (message: string) => withoutStack(name, redactMessage(message, secrets), resource);
  if (error instanceof Incomplete) {
    const { monitorId: id, state } = error;
    const failure = bare(error.message);
    return Object.assign(failure, { id, properties: state, reasons: [failure.message] });
  }
  if (error instanceof Failure) {
    return bare(error.message);
  }
  if (error instanceof LiveError) {
    return bare(`${explain(error)} ${AFTERMATH[name]}`);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return bare(`Unexpected error in ${name}, please report it: ${redact(trace)} ${AFTERMATH[name]}`);
}

/**
 * Pulumi shows the message on the resource's row. Of most hooks the plugin host also prints `<error>: <stack>` on the stack's
 * row; there it is only said which resource to look at, so that the message is not shown twice.
 */
function withoutStack(name: keyof typeof AFTERMATH, message: string, resource?: string): Error {
  const error = new Failure(message);
  error.toString = () => (resource === undefined ? "StreamMonitor" : `StreamMonitor ${redact(resource)}`);
  error.stack = `${name} failed, see the error of that resource`;
  return error;
}

/** Shorter parts of a URL are words that our own sentences use too. */
const SHORTEST_SECRET = 8;

/** What of the properties no error and no line may show: an answer may repeat a session's addresses, whatever was asked. */
function secretTexts(properties: Properties): string[] {
  const list: unknown[] = Array.isArray(properties.inputList) ? properties.inputList : [];
  const inputs = list.map((each) => (each as { inputUrl?: unknown } | null)?.inputUrl);
  const urls = [...inputs, properties.callbackUrl, properties.dingTalkWebHookUrl];
  const spelt = secretSpellings(urls.filter((url) => typeof url === "string"));
  return [...markedTexts(properties), ...spelt.filter((each) => each.length >= SHORTEST_SECRET)];
}

/** What of the properties an error needs. They may be what the error is about, so nothing in them is relied on. */
function factsOf(properties: Properties): { secrets: string[]; resource?: string | undefined } {
  try {
    const urn = declaredUrn(properties);
    return { secrets: secretTexts(properties), resource: urn && ownerFromUrn(urn)?.resource };
  } catch {
    return { secrets: [] };
  }
}
