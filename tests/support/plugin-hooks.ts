import type { ServiceError, UntypedServiceImplementation } from "@grpc/grpc-js";
import type * as pulumi from "@pulumi/pulumi";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PluginDependencies } from "../../provider/host/dependencies";
import { PluginFace } from "../../provider/host/plugin";
import { received } from "../../provider/host/plugin-values";

type Properties = Record<string, unknown>;
type Method = (
  call: { request: unknown },
  done: (error: Partial<ServiceError> | null, answer: unknown) => void,
) => void;

/** The plugin face behind the dynamic hooks, through the messages of its wire: searches and tests can drive either face. */
export function pluginHooks(
  dependencies: PluginDependencies,
  config: Properties = {},
): pulumi.dynamic.ResourceProvider & { methods: UntypedServiceImplementation } {
  const face = new PluginFace(dependencies, { version: "0.0.0", schema: "{}" });
  const methods = face.methods() as unknown as Record<string, Method> & UntypedServiceImplementation;
  const send = <A>(name: string, request: unknown): Promise<A> =>
    new Promise((resolve, reject) =>
      (methods[name] as Method)({ request }, (error, answer) =>
        error === null ? resolve(answer as A) : reject(thrown(error)),
      ),
    );
  const configure = new proto.ConfigureRequest();
  configure.setArgs(toStruct(config));
  void send("configure", configure);
  return {
    methods,
    check: async (olds: Properties, news: Properties) => {
      const request = new proto.CheckRequest();
      request.setUrn(urnIn(news));
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(declared(news)));
      const answer = await send<proto.CheckResponse>("check", request);
      const failures = answer.getFailuresList().map((each) => ({ property: "", reason: each.getReason() }));
      return { inputs: values(answer.getInputs()), failures };
    },
    diff: async (id: string, olds: Properties, news: Properties) => {
      const request = new proto.DiffRequest();
      request.setId(id);
      request.setUrn(urnIn(news));
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      const answer = await send<proto.DiffResponse>("diff", request);
      const { DIFF_SOME } = proto.DiffResponse.DiffChanges;
      return {
        changes: answer.getChanges() === DIFF_SOME,
        replaces: answer.getReplacesList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
      };
    },
    create: async (inputs: Properties) => {
      const request = new proto.CreateRequest();
      request.setUrn(urnIn(inputs));
      request.setProperties(toStruct(inputs));
      const answer = await send<proto.CreateResponse>("create", request);
      return { id: answer.getId(), outs: values(answer.getProperties()) };
    },
    read: async (id: string, olds: Properties) => {
      const request = new proto.ReadRequest();
      request.setId(id);
      request.setUrn(urnIn(olds));
      request.setProperties(toStruct(olds));
      const answer = await send<proto.ReadResponse>("read", request);
      return answer.getId() === ""
        ? {}
        : { id: answer.getId(), props: values(answer.getProperties()), inputs: values(answer.getInputs()) };
    },
    update: async (id: string, olds: Properties, news: Properties) => {
      const request = new proto.UpdateRequest();
      request.setId(id);
      request.setUrn(urnIn(news));
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      return { outs: values((await send<proto.UpdateResponse>("update", request)).getProperties()) };
    },
    delete: async (id: string, olds: Properties) => {
      const request = new proto.DeleteRequest();
      request.setId(id);
      request.setUrn(urnIn(olds));
      request.setProperties(toStruct(olds));
      await send("delete", request);
    },
  };
}

/** As Pulumi's engine understands an error: a partial failure names the session and its state. */
function thrown(error: Partial<ServiceError>): Error {
  const failure = new Error(error.details);
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  const [detail] = details instanceof Buffer ? Status.deserializeBinary(details).getDetailsList() : [];
  const partial = detail?.unpack(proto.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (partial) {
    const properties = values(partial.getProperties());
    Object.assign(failure, { id: partial.getId(), properties, reasons: partial.getReasonsList() });
  }
  return failure;
}

/** What a program of another language declares. */
function declared(news: Properties): Properties {
  return Object.fromEntries(Object.entries(news).filter(([key]) => !key.startsWith("__")));
}

function urnIn({ __urn }: Properties): string {
  return typeof __urn === "string" ? __urn : "";
}

function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function values(struct: Struct | undefined): Properties {
  return received(struct).values;
}
