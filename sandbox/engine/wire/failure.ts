import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { InitError } from "./provider";
import { fromStruct } from "./struct";
import type { Values } from "./values";

/** Converts a gRPC error. A partial failure is a detail of it. */
export function understand(error: ServiceError, marked: (values: Values) => Values): Error {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (details instanceof Buffer) {
    const [detail] = Status.deserializeBinary(details).getDetailsList();
    const failure = detail?.unpack(
      (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (failure) {
      const inputs = failure.hasInputs() ? fromStruct(failure.getInputs()) : undefined;
      const outputs = marked(fromStruct(failure.getProperties()));
      return new InitError(failure.getId(), outputs, failure.getReasonsList(), inputs);
    }
  }
  return new Error(error.details || error.message);
}
