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
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { nameOf, typeOf } from "../urn";
import { InitError, type ProviderDiff, type ReadResult, type ResourceProvider } from "../wire/provider";
import { fromStruct, toStruct, UNLIMITED } from "../wire/struct";
import { annotateSecrets, isObject, mapChildren, SIGNATURE, unwrap, type Value, type Values } from "../wire/values";
import { type Child, onLines, resolvePulumi, startNode } from "./processes";

export interface PluginOptions {
  programDirectory: string;
  engineAddress: string;
  env: Record<string, string | undefined>;
  project: string;
  /** Called for every line that it prints. */
  onLine(text: string): void;
}

/** Options for a connection to a child process on this machine, which must bypass any proxy. */
const OWN_PROCESS = { ...UNLIMITED, "grpc.enable_http_proxy": 0 };

/** A plugin process, and the plugin once it answers. */
export interface StartedPlugin {
  plugin: Promise<Plugin>;
  /** Ends the process, even if it has not answered yet. */
  stop(graceMs?: number): Promise<void>;
}

/** Pulumi's unmodified plugin for dynamic resources, in a separate process. It gets secrets as plain values. */
export class Plugin implements ResourceProvider {
  private constructor(private readonly client: ResourceProviderClient) {}

  /** Starts the plugin with a configuration, by full key. */
  static start(
    { programDirectory, engineAddress, env, project, onLine }: PluginOptions,
    config: Values,
  ): StartedPlugin {
    const main = resolvePulumi("cmd/dynamic-provider", programDirectory);
    const child = startNode([main, engineAddress], programDirectory, {
      ...env,
      PULUMI_PROJECT: project,
      PULUMI_NODEJS_PROJECT: project,
      PULUMI_CONFIG: "{}",
    });
    const ended = child.exited.then((code): never => {
      throw new Error(
        child.failure
          ? `Could not start the dynamic provider plugin: ${child.failure.message}`
          : `The dynamic provider plugin ended with exit code ${code}.`,
      );
    });
    const answering = async () => {
      const port = await Promise.race([portOf(child, onLine), ended]);
      const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), OWN_PROCESS);
      void child.exited.then(() => client.close());
      const plugin = new Plugin(client);
      await Promise.race([plugin.configure(config), ended]);
      return plugin;
    };
    const plugin = answering();
    // Callers of `plugin` see a failure. Without a caller, it must not be an unhandled rejection.
    ended.catch(() => {});
    plugin.catch(() => {});
    return { plugin, stop: child.stop };
  }

  async check(urn: string, olds: Values, news: Values) {
    const request = named(new CheckRequest(), urn);
    request.setOlds(toPlugin(olds));
    request.setNews(toPlugin(news));
    const response = await this.send<CheckResponse>((done) => this.client.check(request, done));
    const failures = response
      .getFailuresList()
      .map((each) => ({ property: each.getProperty(), reason: each.getReason() }));
    return { inputs: annotateSecrets(fromStruct(response.getInputs()), news), failures };
  }

  async diff(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values): Promise<ProviderDiff> {
    const request = named(new DiffRequest(), urn);
    request.setId(id);
    request.setOldInputs(toPlugin(oldInputs));
    request.setOlds(toPlugin(oldOutputs));
    request.setNews(toPlugin(news));
    const response = await this.send<DiffResponse>((done) => this.client.diff(request, done));
    const { DIFF_SOME, DIFF_NONE } = { DIFF_SOME: 2, DIFF_NONE: 1 };
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : undefined,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(urn: string, inputs: Values) {
    const request = named(new CreateRequest(), urn);
    request.setProperties(toPlugin(inputs));
    const response = await this.send<CreateResponse>((done) => this.client.create(request, done), inputs);
    const id: string = response.getId();
    if (id === "") {
      throw new Error(`plugin returned empty resource.ID from create '${urn}'`);
    }
    return { id, outputs: annotateSecrets(fromStruct(response.getProperties()), inputs) };
  }

  async update(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values) {
    const request = named(new UpdateRequest(), urn);
    request.setId(id);
    request.setOldInputs(toPlugin(oldInputs));
    request.setOlds(toPlugin(oldOutputs));
    request.setNews(toPlugin(news));
    const response = await this.send<UpdateResponse>((done) => this.client.update(request, done), news);
    return annotateSecrets(fromStruct(response.getProperties()), news);
  }

  async read(urn: string, id: string, inputs: Values, outputs: Values): Promise<ReadResult> {
    const request = named(new ReadRequest(), urn);
    request.setId(id);
    request.setInputs(toPlugin(inputs));
    request.setProperties(toPlugin(outputs));
    try {
      const response = await this.send<ReadResponse>((done) => this.client.read(request, done), outputs);
      return {
        id: response.getId(),
        outputs: annotateSecrets(fromStruct(response.getProperties()), outputs),
        ...(response.hasInputs() ? { inputs: annotateSecrets(fromStruct(response.getInputs()), inputs) } : {}),
      };
    } catch (error) {
      if (!(error instanceof InitError)) {
        throw error;
      }
      const { id: found, outputs: live, reasons, inputs: liveInputs } = error;
      return {
        id: found,
        outputs: live,
        initErrors: reasons,
        ...(liveInputs === undefined ? {} : { inputs: annotateSecrets(liveInputs, inputs) }),
      };
    }
  }

  async delete(urn: string, id: string, inputs: Values, outputs: Values): Promise<void> {
    const request = named(new DeleteRequest(), urn);
    request.setId(id);
    request.setOldInputs(toPlugin(inputs));
    request.setProperties(toPlugin(outputs));
    await this.send((done) => this.client.delete(request, done));
  }

  private async configure(config: Values): Promise<void> {
    const request = new ConfigureRequest();
    request.setArgs(toStruct(config));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    await this.send((done) => this.client.configure(request, done));
  }

  /** Sends one request. Outputs of a partial failure are marked secret where `like` is secret. */
  private send<T>(call: (done: (error: grpc.ServiceError | null, answer: T) => void) => void, like: Values = {}) {
    return new Promise<T>((resolve, reject) => {
      call((error, answer) => (error === null ? resolve(answer) : reject(understand(error, like))));
    });
  }
}

/** Resolves with the first line that the plugin prints, its port, and passes on all others. */
function portOf({ process: { stdout, stderr } }: Child, onLine: (text: string) => void): Promise<string> {
  onLines(stderr, onLine);
  return new Promise((resolve) => {
    let isFirst = true;
    onLines(stdout, (text) => {
      if (isFirst) {
        resolve(text.trim());
      } else {
        onLine(text);
      }
      isFirst = false;
    });
  });
}

function named<T extends { setUrn(urn: string): void; setName(name: string): void; setType(type: string): void }>(
  request: T,
  urn: string,
): T {
  request.setUrn(urn);
  request.setName(nameOf(urn));
  request.setType(typeOf(urn));
  return request;
}

/** Converts a gRPC error. A partial failure is a detail of it. */
function understand(error: grpc.ServiceError, like: Values): Error {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (details instanceof Buffer) {
    const [detail] = Status.deserializeBinary(details).getDetailsList();
    const failure = detail?.unpack(
      (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (failure) {
      const inputs = failure.hasInputs() ? fromStruct(failure.getInputs()) : undefined;
      const outputs = annotateSecrets(fromStruct(failure.getProperties()), like);
      return new InitError(failure.getId(), outputs, failure.getReasonsList(), inputs);
    }
  }
  return new Error(error.details || error.message);
}

const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** Unwraps secrets and replaces resources by their ids, because the plugin accepts neither. */
function toPlugin(values: Values): Struct {
  const plain = (value: Value): Value =>
    isObject(value) && value[SIGNATURE] === RESOURCE_REFERENCE
      ? (value.id ?? value.urn ?? null)
      : mapChildren(value, plain);
  return toStruct(plain(unwrap(values)) as Values);
}
