import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  type LogRequest,
  RequirePulumiVersionResponse,
  type SetRootResourceRequest,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  type ReadResourceRequest,
  ReadResourceResponse,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  type ResourceInvokeRequest,
  type SupportsFeatureRequest,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { refused } from "../errors";
import type { Severity } from "../events";
import { fromStruct, toStruct, UNLIMITED } from "./struct";
import type { Values } from "./values";

/** The answer to a program's registration. */
export interface Registered {
  urn: string;
  id: string;
  outputs: Values;
}

/** Handles the program's requests. A promise that never settles keeps the program waiting until it is ended. */
export interface ProgramHandler {
  register(request: RegisterResourceRequest): Promise<Registered>;
  read(request: ReadResourceRequest): Promise<Registered>;
  registerOutputs(urn: string, outputs: Values): Promise<void>;
  invoke(token: string, args: Values, provider: string): Promise<Values>;
  /** The program asked for a feature that only the Pulumi CLI supports. */
  refuse(error: Error): void;
}

/** Called for log messages of program and plugins. */
export type OnLog = (severity: Severity, message: string, urn: string, ephemeral: boolean) => void;

/**
 * Features of the protocol that programs ask about. The engine announces those in the second row, too, but refuses to use them.
 * Otherwise the SDK would tell the user that the Pulumi CLI is too old.
 */
const FEATURES = [
  ...["secrets", "deletedWith", "aliasSpecs", "resourceReferences"],
  ...["transforms", "invokeTransforms", "resourceHooks", "errorHooks", "replaceWith", "parameterization"],
];
const SEVERITIES: readonly Severity[] = ["debug", "info", "warning", "error"];

/** Serves Pulumi's `ResourceMonitor` and `Engine` protocols on loopback. */
export class MonitorServer {
  /** Handles the program's requests, once the program runs. */
  program: ProgramHandler | undefined;
  address = "";
  private readonly server = new grpc.Server(UNLIMITED);

  private constructor(onLog: OnLog) {
    this.server.addService(ResourceMonitorService, this.monitorMethods());
    this.server.addService(EngineService, engineMethods(onLog));
  }

  static async start(onLog: OnLog): Promise<MonitorServer> {
    const monitor = new MonitorServer(onLog);
    const port = await new Promise<number>((resolve, reject) => {
      monitor.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    monitor.address = `127.0.0.1:${port}`;
    return monitor;
  }

  close(): void {
    this.server.forceShutdown();
  }

  private get handler(): ProgramHandler {
    if (this.program === undefined) {
      throw new Error("There is no program.");
    }
    return this.program;
  }

  private monitorMethods(): grpc.UntypedServiceImplementation {
    const refusal = (what: string) =>
      unary(async () => {
        const error = refused(what);
        this.handler.refuse(error);
        throw error;
      });
    return {
      supportsFeature: unary(async (request: SupportsFeatureRequest) => {
        const response = new SupportsFeatureResponse();
        response.setHassupport(FEATURES.includes(request.getId()));
        return response;
      }),
      registerResource: unary(async (request: RegisterResourceRequest) => {
        const { urn, id, outputs } = await this.handler.register(request);
        const response = new RegisterResourceResponse();
        response.setUrn(urn);
        response.setId(id);
        response.setObject(toStruct(outputs));
        return response;
      }),
      readResource: unary(async (request: ReadResourceRequest) => {
        const { urn, outputs } = await this.handler.read(request);
        const response = new ReadResourceResponse();
        response.setUrn(urn);
        response.setProperties(toStruct(outputs));
        return response;
      }),
      registerResourceOutputs: unary(async (request: RegisterResourceOutputsRequest) => {
        await this.handler.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
        return new Empty();
      }),
      signalAndWaitForShutdown: unary(async () => new Empty()),
      invoke: unary(async (request: ResourceInvokeRequest) => {
        const args = fromStruct(request.getArgs());
        const response = new InvokeResponse();
        response.setReturn(toStruct(await this.handler.invoke(request.getTok(), args, request.getProvider())));
        return response;
      }),
      call: refusal("method calls"),
      registerStackTransform: refusal("transforms"),
      registerStackInvokeTransform: refusal("transforms"),
      registerResourceHook: refusal("resource hooks"),
      registerErrorHook: refusal("error hooks"),
      registerPackage: refusal("parameterized packages"),
      existsResource: refusal("existence checks of resources"),
      // gRPC answers all other calls with UNIMPLEMENTED. Newer SDKs then fall back: without `getDeploymentInfo`, new in 3.256,
      // they call `supportsFeature` like older ones.
    };
  }
}

function engineMethods(onLog: OnLog): grpc.UntypedServiceImplementation {
  let root = "";
  return {
    log: unary(async (request: LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      onLog(severity, request.getMessage(), request.getUrn(), request.getEphemeral());
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
