import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  type LogRequest,
  RequirePulumiVersionResponse,
  type SetRootResourceRequest,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  type ReadResourceRequest,
  ReadResourceResponse,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  type SupportsFeatureRequest,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { refused } from "./errors";
import type { Severity } from "./events";
import { fromStruct } from "./plugin";
import type { Values } from "./values";

/** What a program's registration comes to. */
export interface Registered {
  urn: string;
  id: string;
  outputs: Values;
}

/** What the program asks the engine for. A promise that never settles keeps the program waiting until it is ended. */
export interface MonitorHandler {
  register(request: RegisterResourceRequest): Promise<Registered>;
  read(request: ReadResourceRequest): Promise<Registered>;
  registerOutputs(urn: string, outputs: Values): Promise<void>;
  log(severity: Severity, message: string, urn: string, ephemeral: boolean): void;
  /** Something that only the Pulumi CLI can do was asked for. */
  refuse(error: Error): void;
}

/** Features of the protocol that programs ask about. What is not here is not supported. */
const FEATURES = ["secrets", "deletedWith", "aliasSpecs", "resourceReferences"];
const SEVERITIES: readonly Severity[] = ["debug", "info", "warning", "error"];

/** Serves Pulumi's `ResourceMonitor` and `Engine` protocols on loopback. */
export class MonitorServer {
  private constructor(
    private readonly server: grpc.Server,
    readonly address: string,
  ) {}

  static async start(handler: MonitorHandler): Promise<MonitorServer> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(ResourceMonitorService, monitorMethods(handler));
    server.addService(EngineService, engineMethods(handler));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return new MonitorServer(server, `127.0.0.1:${port}`);
  }

  close(): void {
    this.server.forceShutdown();
  }
}

function monitorMethods(handler: MonitorHandler): grpc.UntypedServiceImplementation {
  const refusal = (what: string) =>
    unary(async () => {
      const error = refused(what);
      handler.refuse(error);
      throw error;
    });
  return {
    supportsFeature: unary(async (request: SupportsFeatureRequest) => {
      const response = new SupportsFeatureResponse();
      response.setHassupport(FEATURES.includes(request.getId()));
      return response;
    }),
    registerResource: unary(async (request: RegisterResourceRequest) => {
      const { urn, id, outputs } = await handler.register(request);
      const response = new RegisterResourceResponse();
      response.setUrn(urn);
      response.setId(id);
      response.setObject(toStruct(outputs));
      return response;
    }),
    readResource: unary(async (request: ReadResourceRequest) => {
      const { urn, outputs } = await handler.read(request);
      const response = new ReadResourceResponse();
      response.setUrn(urn);
      response.setProperties(toStruct(outputs));
      return response;
    }),
    registerResourceOutputs: unary(async (request: RegisterResourceOutputsRequest) => {
      await handler.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new Empty();
    }),
    signalAndWaitForShutdown: unary(async () => new Empty()),
    getDeploymentInfo: refusal("deployment information"),
    invoke: refusal("function invocations"),
    call: refusal("method calls"),
    registerStackTransform: refusal("transforms"),
    registerStackInvokeTransform: refusal("transforms"),
    registerResourceHook: refusal("resource hooks"),
    registerErrorHook: refusal("error hooks"),
    registerPackage: refusal("parameterized packages"),
  };
}

function engineMethods(handler: MonitorHandler): grpc.UntypedServiceImplementation {
  let root = "";
  return {
    log: unary(async (request: LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      handler.log(severity, request.getMessage(), request.getUrn(), request.getEphemeral());
      return new Empty();
    }),
    getRootResource: unary(async () => {
      const response = new GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary(async (request: SetRootResourceRequest) => {
      root = request.getUrn();
      return new SetRootResourceResponse();
    }),
    startDebugging: unary(async () => new Empty()),
    requirePulumiVersion: unary(async () => new RequirePulumiVersionResponse()),
  };
}

function unary<Request, Response>(answer: (request: Request) => Promise<Response>): grpc.UntypedHandleCall {
  const handle: grpc.handleUnaryCall<Request, Response> = (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
  return handle as grpc.UntypedHandleCall;
}

function toStruct(values: Values): Struct {
  return Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
}
