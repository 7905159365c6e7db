import type * as grpc from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Failure } from "../base/errors";
import type { MonitorDiff } from "../lifecycle/diff";
import { MonitorLifecycle } from "../lifecycle/monitor";
import { previewCreate, previewUpdate } from "../lifecycle/preview";
import { DERIVING_KEYS } from "../model/fields";
import { EXPLICIT_PROVIDER_KEY, unknownSettings } from "../model/setting-names";
import { internalProperties, type Properties, withSecretNames } from "../model/state";
import { configText } from "./config-text";
import type { PluginDependencies } from "./dependencies";
import { type Change, detailedDiff } from "./detailed-diff";
import { grpcError, keeping } from "./plugin-errors";
import { FUNCTIONS } from "./plugin-functions";
import { bothMarks, received, secured } from "./plugin-values";

/** The package's name and version, and its schema as JSON. */
export interface Identity {
  version: string;
  schema: string;
}

/** What the engine itself adds to a provider's settings. */
const OF_PULUMI = ["version", "pluginDownloadURL"];

/** Pulumi's `ResourceProvider` protocol, for programs of any language: translates its requests into the lifecycle's verbs, and back. */
export class PluginFace {
  private readonly lifecycle: MonitorLifecycle;
  private config: Properties = {};
  /** Whether a program declared this provider itself: the stack's other resources may run in another plugin process. */
  private isExplicit = false;

  constructor(
    private readonly dependencies: PluginDependencies,
    private readonly identity: Identity,
  ) {
    const { engine, env } = dependencies;
    const sources = { config: (key: string) => this.setting(key), configuration: () => this.config, env };
    const log: typeof engine.log = (line) => engine.log({ ...line, text: this.inOwnWords(line.text) });
    this.lifecycle = new MonitorLifecycle(sources, { ...dependencies, engine: { ...engine, log } });
  }

  /** gRPC answers `UNIMPLEMENTED` to the protocol's other methods. */
  methods(): Partial<IResourceProviderServer> {
    return {
      handshake: this.answering(() => accepting(new proto.ProviderHandshakeResponse())),
      getSchema: this.answering(() =>
        filled(new proto.GetSchemaResponse(), (to) => to.setSchema(this.identity.schema)),
      ),
      getPluginInfo: this.answering(() => filled(new PluginInfo(), (to) => to.setVersion(this.identity.version))),
      checkConfig: this.answering((request: proto.CheckRequest) => this.checkConfig(request)),
      // Another account or region is a matter of each session, which its own diff tells; a provider is never replaced.
      diffConfig: this.answering(() => new proto.DiffResponse()),
      configure: this.answering((request: proto.ConfigureRequest) => this.configure(request)),
      check: this.answering((request: proto.CheckRequest) => this.check(request)),
      diff: this.answering((request: proto.DiffRequest) => this.diff(request)),
      create: this.answering((request: proto.CreateRequest) => this.create(request)),
      read: this.answering((request: proto.ReadRequest) => this.read(request)),
      update: this.answering((request: proto.UpdateRequest) => this.update(request)),
      delete: this.answering((request: proto.DeleteRequest) => this.delete(request)),
      invoke: this.answering((request: proto.InvokeRequest) => this.invoke(request)),
      attach: this.answering((request: PluginAttach) => {
        this.dependencies.attach?.(request.getAddress());
        return new Empty();
      }),
      cancel: this.answering(() => {
        this.dependencies.stop?.();
        return new Empty();
      }),
    };
  }

  private answering<Q, A>(answer: (request: Q) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
    return ({ request }, done) => {
      void (async () => answer(request))().then(
        (response) => done(null, response),
        (error: unknown) => done(grpcError(error, (text) => this.inOwnWords(text))),
      );
    };
  }

  private checkConfig(request: proto.CheckRequest): proto.CheckResponse {
    const { values } = received(request.getNews());
    const names = Object.keys(values).filter((name) => !OF_PULUMI.includes(name) && !name.startsWith("__"));
    const mistakes = unknownSettings(names).map(
      ({ name, meant }) =>
        `\`alicloud-live:${name}\` is no setting${meant === undefined ? "" : `; did you mean \`alicloud-live:${meant}\`?`}`,
    );
    return filled(new proto.CheckResponse(), (response) => {
      response.setInputs(request.getNews());
      response.setFailuresList(mistakes.map(failureOf));
    });
  }

  private configure(request: proto.ConfigureRequest): proto.ConfigureResponse {
    this.config = received(request.getArgs()).values;
    // The engine calls the provider that it makes itself `default`, with a version.
    this.isExplicit = !/^(default(_.*)?)?$/.test(request.getName() ?? "");
    return filled(accepting(new proto.ConfigureResponse()), (response) => response.setSupportspreview(true));
  }

  private async check(request: proto.CheckRequest): Promise<proto.CheckResponse> {
    const { values, marks } = received(request.getNews());
    const mayMeetOthers = this.isExplicit && values.adopt !== undefined;
    const own = internalProperties(undefined, request.getUrn(), false, mayMeetOthers);
    const secret = DERIVING_KEYS.filter((key) => marks[key] !== undefined);
    const news = withSecretNames({ ...values, ...own }, secret.length > 0 ? secret : undefined);
    const { inputs, mistakes } = await this.lifecycle.check(received(request.getOlds()).values, news);
    return filled(new proto.CheckResponse(), (response) => {
      response.setInputs(secured(inputs, marks));
      response.setFailuresList(mistakes.map((text) => failureOf(this.inOwnWords(text))));
    });
  }

  private async diff(request: proto.DiffRequest): Promise<proto.DiffResponse> {
    const olds = received(request.getOlds()).values;
    const news = received(request.getNews()).values;
    const result = await this.lifecycle.diff(request.getId(), olds, news);
    return diffResponse(result, detailedDiff(olds, news, result.changed));
  }

  private async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const { values, marks } = received(request.getProperties());
    const { id, state } = request.getPreview()
      ? { id: "", state: previewCreate(values) }
      : await keeping(marks, () => this.lifecycle.create(values, request.getUrn(), limitMs(request)));
    return filled(new proto.CreateResponse(), (response) => {
      response.setId(id);
      response.setProperties(secured(state, marks));
    });
  }

  private async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const { values, marks } = received(request.getProperties());
    const found = await this.lifecycle.read(request.getId(), values, request.getUrn());
    return filled(new proto.ReadResponse(), (response) => {
      // An answer without id tells Pulumi that the resource is gone.
      if (found !== undefined) {
        const known = bothMarks(received(request.getInputs()).marks, marks) ?? {};
        response.setId(request.getId());
        response.setProperties(secured(found.state, known));
        response.setInputs(found.inputs && secured(found.inputs, known));
      }
    });
  }

  private async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const olds = received(request.getOlds()).values;
    const { values, marks } = received(request.getNews());
    const [id, urn] = [request.getId(), request.getUrn()];
    const state = request.getPreview()
      ? previewUpdate(olds, values)
      : await keeping(marks, () => this.lifecycle.update(id, olds, values, urn, limitMs(request)));
    return filled(new proto.UpdateResponse(), (response) => response.setProperties(secured(state, marks)));
  }

  private async delete(request: proto.DeleteRequest): Promise<Empty> {
    const { values } = received(request.getProperties());
    await this.lifecycle.delete(request.getId(), values, request.getUrn(), limitMs(request));
    return new Empty();
  }

  private async invoke(request: proto.InvokeRequest): Promise<proto.InvokeResponse> {
    const call = FUNCTIONS[request.getTok()];
    if (call === undefined) {
      throw new Failure(`There is no function ${request.getTok()}. Nothing was done.`, "settings");
    }
    const result = await call(this.lifecycle, received(request.getArgs()).values);
    return filled(new proto.InvokeResponse(), (response) => response.setReturn(secured(result, {})));
  }

  /** A setting by the name that the lifecycle knows, `alicloud:region`; Pulumi passes this plugin `region` alone. */
  private setting(key: string): string | undefined {
    if (key === EXPLICIT_PROVIDER_KEY) {
      return this.isExplicit && this.config.accessKey !== undefined ? "true" : undefined;
    }
    return configText(this.config[key.replace(/^alicloud:/, "")]);
  }

  /** Texts name settings as this plugin is given them. Who has none may have those of the alicloud provider. */
  private inOwnWords(text: string): string {
    const own = text.replace(/\balicloud:(?=[A-Za-z])/g, "alicloud-live:");
    const hasNone = Object.keys(this.config).every((name) => OF_PULUMI.includes(name));
    const asksForOne = /alicloud-live:(region|accessKey)\b/.test(own);
    // The section of the runbook stays at the end.
    return hasNone && asksForOne ? own.replace(/(?= Runbook: |$)/, COPY) : own;
  }
}

const COPY =
  " Pulumi does not pass `alicloud:*` settings to this plugin: copy them, as in `pulumi config set alicloud-live:region cn-shanghai`.";

const { Kind } = proto.PropertyDiff;
const KINDS: Readonly<Record<Change, proto.PropertyDiff.Kind>> = {
  add: Kind.ADD,
  delete: Kind.DELETE,
  update: Kind.UPDATE,
};

function diffResponse(result: MonitorDiff, changes: ReadonlyMap<string, Change>): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const { replaces = [], deleteBeforeReplace = false, changed } = result;
  return filled(new proto.DiffResponse(), (response) => {
    response.setChanges(result.changes === false ? DIFF_NONE : DIFF_SOME);
    response.setReplacesList(replaces);
    response.setDeletebeforereplace(deleteBeforeReplace);
    response.setDiffsList([...changed]);
    response.setHasdetaileddiff(changes.size > 0);
    for (const [path, change] of changes) {
      const kind = replaces.includes(path) ? Kind.UPDATE_REPLACE : KINDS[change];
      response.getDetaileddiffMap().set(
        path,
        filled(new proto.PropertyDiff(), (each) => each.setKind(kind)),
      );
    }
  });
}

/** Secrets arrive marked and stay so. Outputs and resources arrive as their values. */
function accepting<T extends { setAcceptSecrets?(yes: boolean): unknown; setAcceptsecrets?(yes: boolean): unknown }>(
  response: T,
): T {
  (response.setAcceptSecrets ?? response.setAcceptsecrets)?.call(response, true);
  return response;
}

/** Pulumi prints the value of a property that a failure names, secret or not, so the path stands in the reason. */
function failureOf(reason: string): proto.CheckFailure {
  return filled(new proto.CheckFailure(), (failure) => failure.setReason(reason));
}

/** What `customTimeouts` say, in seconds; 0 is nothing. */
function limitMs(request: { getTimeout(): number }): number | undefined {
  return request.getTimeout() > 0 ? request.getTimeout() * 1000 : undefined;
}

function filled<T>(message: T, fill: (message: T) => unknown): T {
  fill(message);
  return message;
}
