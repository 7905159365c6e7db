import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  type CheckResponse,
  ConfigureRequest,
  type ConfigureResponse,
  CreateRequest,
  type CreateResponse,
  DeleteRequest,
  DiffRequest,
  type DiffResponse,
  InvokeRequest,
  type InvokeResponse,
  ReadRequest,
  type ReadResponse,
  UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { nameOf, packageOf, typeOf } from "../urn";
import { understand } from "../wire/failure";
import { parsePath } from "../wire/paths";
import { type Call, InitError, type ProviderDiff, type ReadResult, type ResourceProvider } from "../wire/provider";
import { fromStruct, toStruct, UNLIMITED } from "../wire/struct";
import { annotateSecrets, isObject, mapChildren, SIGNATURE, unwrap, type Value, type Values } from "../wire/values";
import { DYNAMIC, type PluginOptions, portOf, startPlugin } from "./plugin-process";

/** Options for a connection to a child process on this machine, which must bypass any proxy. */
const OWN_PROCESS = { ...UNLIMITED, "grpc.enable_http_proxy": 0 };

/** A plugin process, and the plugin once it answers. */
export interface StartedPlugin {
  plugin: Promise<Plugin>;
  /** Ends the process, even if it has not answered yet. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * A plugin in a separate process: Pulumi's own for dynamic resources, unmodified, or one that Pulumi.yaml names. One that does not
 * accept secrets gets them as plain values.
 */
export class Plugin implements ResourceProvider {
  supportsPreview = false;
  private acceptsSecrets = false;

  private constructor(private readonly client: ResourceProviderClient) {}

  /** Starts the plugin of a provider resource with its configuration. */
  static start(options: PluginOptions, urn: string, config: Values): StartedPlugin {
    const { onLine } = options;
    const name = packageOf(typeOf(urn));
    const what = name === DYNAMIC ? "dynamic provider plugin" : `plugin of ${name}`;
    const child = startPlugin(name, options);
    const ended = child.exited.then((code): never => {
      throw new Error(
        child.failure
          ? `Could not start the ${what}: ${child.failure.message}`
          : `The ${what} ended with exit code ${code}.`,
      );
    });
    const answering = async () => {
      const port = await Promise.race([portOf(child, onLine), ended]);
      const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), OWN_PROCESS);
      void child.exited.then(() => client.close());
      const plugin = new Plugin(client);
      await Promise.race([plugin.configure(urn, config), ended]);
      return plugin;
    };
    const plugin = answering();
    // Callers of `plugin` see a failure. Without a caller, it must not be an unhandled rejection.
    ended.catch(() => {});
    plugin.catch(() => {});
    return { plugin, stop: child.stop };
  }

  check(urn: string, olds: Values, news: Values) {
    return this.checking(urn, olds, news, (request, done) => this.client.check(request, done));
  }

  checkConfig(urn: string, olds: Values, news: Values) {
    return this.checking(urn, olds, news, (request, done) => this.client.checkConfig(request, done));
  }

  private async checking(
    urn: string,
    olds: Values,
    news: Values,
    ask: (request: CheckRequest, done: Done<CheckResponse>) => void,
  ) {
    const request = named(new CheckRequest(), urn);
    request.setOlds(this.toPlugin(olds));
    request.setNews(this.toPlugin(news));
    const response = await this.send<CheckResponse>((done) => ask(request, done));
    const failures = response
      .getFailuresList()
      .map((each) => ({ property: each.getProperty(), reason: each.getReason() }));
    return { inputs: this.marked(fromStruct(response.getInputs()), news), failures };
  }

  async diff(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values): Promise<ProviderDiff> {
    const request = named(new DiffRequest(), urn);
    request.setId(id);
    request.setOldInputs(this.toPlugin(oldInputs));
    request.setOlds(this.toPlugin(oldOutputs));
    request.setNews(this.toPlugin(news));
    const response = await this.send<DiffResponse>((done) => this.client.diff(request, done));
    const { DIFF_SOME, DIFF_NONE } = { DIFF_SOME: 2, DIFF_NONE: 1 };
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : undefined,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      paths: [...response.getDetaileddiffMap().keys()].map(parsePath),
    };
  }

  async create(urn: string, inputs: Values, { isPreview = false, seconds = 0 }: Call = {}) {
    const request = named(new CreateRequest(), urn);
    request.setPreview(isPreview);
    request.setTimeout(seconds);
    request.setProperties(this.toPlugin(inputs));
    const response = await this.send<CreateResponse>((done) => this.client.create(request, done), inputs);
    const id: string = response.getId();
    if (id === "" && !isPreview) {
      throw new Error(`plugin returned empty resource.ID from create '${urn}'`);
    }
    return { id, outputs: this.marked(fromStruct(response.getProperties()), inputs) };
  }

  async update(
    urn: string,
    id: string,
    oldInputs: Values,
    oldOutputs: Values,
    news: Values,
    { isPreview = false, seconds = 0 }: Call = {},
  ) {
    const request = named(new UpdateRequest(), urn);
    request.setPreview(isPreview);
    request.setTimeout(seconds);
    request.setId(id);
    request.setOldInputs(this.toPlugin(oldInputs));
    request.setOlds(this.toPlugin(oldOutputs));
    request.setNews(this.toPlugin(news));
    const response = await this.send<UpdateResponse>((done) => this.client.update(request, done), news);
    return this.marked(fromStruct(response.getProperties()), news);
  }

  async read(urn: string, id: string, inputs: Values, outputs: Values): Promise<ReadResult> {
    const request = named(new ReadRequest(), urn);
    request.setId(id);
    request.setInputs(this.toPlugin(inputs));
    request.setProperties(this.toPlugin(outputs));
    try {
      const response = await this.send<ReadResponse>((done) => this.client.read(request, done), outputs);
      return {
        id: response.getId(),
        outputs: this.marked(fromStruct(response.getProperties()), outputs),
        ...(response.hasInputs() ? { inputs: this.marked(fromStruct(response.getInputs()), inputs) } : {}),
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
        ...(liveInputs === undefined ? {} : { inputs: this.marked(liveInputs, inputs) }),
      };
    }
  }

  async invoke(token: string, args: Values): Promise<Values> {
    const request = new InvokeRequest();
    request.setTok(token);
    request.setArgs(this.toPlugin(args));
    const response = await this.send<InvokeResponse>((done) => this.client.invoke(request, done));
    return fromStruct(response.getReturn());
  }

  /** Asks it to end what it does. Plugins for dynamic resources go on. */
  async cancel(): Promise<void> {
    await this.send((done) => this.client.cancel(new Empty(), done));
  }

  async delete(urn: string, id: string, inputs: Values, outputs: Values, { seconds = 0 }: Call = {}): Promise<void> {
    const request = named(new DeleteRequest(), urn);
    request.setTimeout(seconds);
    request.setId(id);
    request.setOldInputs(this.toPlugin(inputs));
    request.setProperties(this.toPlugin(outputs));
    await this.send((done) => this.client.delete(request, done));
  }

  private async configure(urn: string, config: Values): Promise<void> {
    const request = named(new ConfigureRequest(), urn);
    request.setArgs(toStruct(config));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    const response = await this.send<ConfigureResponse>((done) => this.client.configure(request, done));
    this.acceptsSecrets = response.getAcceptsecrets();
    this.supportsPreview = response.getSupportspreview();
  }

  /** Values for the plugin: it accepts no resources, which become their ids, and perhaps no secrets. */
  private toPlugin(values: Values): Struct {
    const plain = (value: Value): Value =>
      isObject(value) && value[SIGNATURE] === RESOURCE_REFERENCE
        ? (value.id ?? value.urn ?? null)
        : mapChildren(value, plain);
    return toStruct(plain(this.acceptsSecrets ? values : unwrap(values)) as Values);
  }

  /** A plugin that is told no secrets cannot mark them again. */
  private marked(values: Values, like: Values): Values {
    return this.acceptsSecrets ? values : annotateSecrets(values, like);
  }

  /** Sends one request. Outputs of a partial failure are marked secret where `like` is secret. */
  private send<T>(call: (done: Done<T>) => void, like: Values = {}) {
    return new Promise<T>((resolve, reject) => {
      call((error, answer) =>
        error === null ? resolve(answer) : reject(understand(error, (values) => this.marked(values, like))),
      );
    });
  }
}

type Done<T> = (error: grpc.ServiceError | null, answer: T) => void;

function named<T extends { setUrn(urn: string): void; setName(name: string): void; setType(type: string): void }>(
  request: T,
  urn: string,
): T {
  request.setUrn(urn);
  request.setName(nameOf(urn));
  request.setType(typeOf(urn));
  return request;
}

const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
