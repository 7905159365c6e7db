import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  type CheckResponse,
  ConfigureRequest,
  CreateRequest,
  type CreateResponse,
  DeleteRequest,
  DiffRequest,
  type DiffResponse,
  ErrorResourceInitFailed,
  ReadRequest,
  type ReadResponse,
  UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Child, onLines, resolvePulumi, startNode } from "./processes";
import { annotateSecrets, makeSecret, unwrapAll, type Values } from "./values";

export interface PluginDiff {
  changes: "unknown" | "none" | "some";
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

/** The resource exists, but is not as it should be. */
export class InitError extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Values,
    readonly reasons: string[],
  ) {
    super(reasons.join("; ") || "resource init failed");
  }
}

export interface PluginOptions {
  programDirectory: string;
  engineAddress: string;
  env: Record<string, string | undefined>;
  /** What goes into a provider resource's inputs: configuration by full key. */
  config: Values;
  project: string;
  stack: string;
  /** Told of everything that it prints. */
  onLine(text: string): void;
}

/** Pulumi's unmodified plugin for dynamic resources, in a process of its own. */
export class Plugin {
  private constructor(
    private readonly child: Child,
    private readonly client: ResourceProviderClient,
  ) {}

  static async start(options: PluginOptions): Promise<Plugin> {
    const main = resolvePulumi("cmd/dynamic-provider", options.programDirectory);
    // Beside its own settings, the plugin is told the project and stack as the real engine tells it.
    const env = {
      ...options.env,
      PULUMI_PROJECT: options.project,
      PULUMI_STACK: options.stack,
      PULUMI_CONFIG: "{}",
    };
    const child = startNode([main, options.engineAddress], options.programDirectory, env);
    const port = await new Promise<string>((resolve, reject) => {
      let first = true;
      onLines(child.process.stdout, (text) => {
        if (first) {
          first = false;
          resolve(text.trim());
        } else {
          options.onLine(text);
        }
      });
      onLines(child.process.stderr, (text) => options.onLine(text));
      void child.exited.then((code) => reject(new Error(`the dynamic provider plugin ended with code ${code}`)));
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
    const plugin = new Plugin(child, client);
    await plugin.configure(options.config);
    return plugin;
  }

  async check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: CheckFailure[] }> {
    const request = new CheckRequest();
    request.setUrn(urn);
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    const response = await this.send<CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: annotateSecrets(fromStruct(response.getInputs()), news),
      failures: response.getFailuresList().map((each) => ({ property: each.getProperty(), reason: each.getReason() })),
    };
  }

  async diff(urn: string, id: string, olds: Values, oldInputs: Values, news: Values): Promise<PluginDiff> {
    const request = new DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(toStruct(olds));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    const response = await this.send<DiffResponse>((done) => this.client.diff(request, done));
    const changes = { 0: "unknown", 1: "none", 2: "some" } as const;
    return {
      changes: changes[response.getChanges() as 0 | 1 | 2],
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(urn: string, inputs: Values, secretOutputs: string[]): Promise<{ id: string; outputs: Values }> {
    const request = new CreateRequest();
    request.setUrn(urn);
    request.setProperties(toStruct(inputs));
    const like = { values: inputs, secretOutputs };
    const response = await this.send<CreateResponse>((done) => this.client.create(request, done), like);
    const id: string = response.getId();
    if (id === "") {
      throw new Error("plugin returned empty resource.ID from create");
    }
    return { id, outputs: secretly(fromStruct(response.getProperties()), like) };
  }

  async update(
    urn: string,
    id: string,
    olds: Values,
    oldInputs: Values,
    news: Values,
    secretOutputs: string[],
  ): Promise<Values> {
    const request = new UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(toStruct(olds));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    const like = { values: news, secretOutputs };
    const response = await this.send<UpdateResponse>((done) => this.client.update(request, done), like);
    return secretly(fromStruct(response.getProperties()), like);
  }

  /** `undefined`: there is no such thing. */
  async read(
    urn: string,
    id: string,
    outputs: Values,
    inputs: Values,
    secretOutputs: string[],
  ): Promise<{ id: string; outputs: Values; inputs: Values | undefined } | undefined> {
    const request = new ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(toStruct(outputs));
    request.setInputs(toStruct(inputs));
    const like = { values: outputs, secretOutputs };
    const response = await this.send<ReadResponse>((done) => this.client.read(request, done), like);
    const found: string = response.getId();
    if (found === "") {
      return undefined;
    }
    return {
      id: found,
      outputs: secretly(fromStruct(response.getProperties()), like),
      inputs: response.hasInputs() ? annotateSecrets(fromStruct(response.getInputs()), inputs) : undefined,
    };
  }

  async delete(urn: string, id: string, outputs: Values, inputs: Values): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(toStruct(outputs));
    request.setOldInputs(toStruct(inputs));
    await this.send((done) => this.client.delete(request, done));
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.child.stop();
  }

  kill(): void {
    this.child.kill();
  }

  private async configure(config: Values): Promise<void> {
    const request = new ConfigureRequest();
    request.setArgs(Struct.fromJavaScript(unwrapAll(config)));
    request.setAcceptsecrets(true);
    await this.send((done) => this.client.configure(request, done));
  }

  /** Sends one request, and turns a failure into what it means for a resource. */
  private send<T>(call: (done: (error: grpc.ServiceError | null, answer: T) => void) => void, like: Like = NOTHING) {
    return new Promise<T>((resolve, reject) => {
      call((error, answer) => (error === null ? resolve(answer) : reject(understand(error, like))));
    });
  }
}

/** What tells which of a call's results are secret: values under the same keys, and outputs named in the program. */
interface Like {
  values: Values;
  secretOutputs: string[];
}
const NOTHING: Like = { values: {}, secretOutputs: [] };

function secretly(values: Values, { values: like, secretOutputs }: Like): Values {
  const annotated = Object.entries(annotateSecrets(values, like));
  return Object.fromEntries(
    annotated.map(([key, value]) => [key, secretOutputs.includes(key) ? makeSecret(value) : value]),
  );
}

/** A partial failure travels as a detail of the error. */
function understand(error: grpc.ServiceError, like: Like): Error {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (details instanceof Buffer) {
    const [detail] = Status.deserializeBinary(details).getDetailsList();
    const failure = detail?.unpack(
      (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (failure) {
      const outputs = secretly(fromStruct(failure.getProperties()), like);
      return new InitError(failure.getId(), outputs, failure.getReasonsList());
    }
  }
  return new Error(error.details || error.message);
}

function toStruct(values: Values): Struct {
  return Struct.fromJavaScript(unwrapAll(values) as Record<string, JavaScriptValue>);
}

export function fromStruct(struct: Struct | undefined): Values {
  return (struct?.toJavaScript() ?? {}) as Values;
}
