import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { explain } from "../base/errors";
import { MonitorError } from "../lifecycle/final-error";
import type { Properties } from "../model/state";
import { type Marks, secured } from "./plugin-values";

/** An error that Pulumi records: the session exists, but is not as declared yet. */
export class PartialFailure extends Error {
  constructor(
    readonly error: MonitorError,
    readonly id: string,
    readonly properties: Properties,
    readonly marks: Marks,
  ) {
    super(error.message);
  }
}

/** The error as gRPC carries it. Pulumi reads a partial failure from a detail of the status. */
export function grpcError(error: unknown, words: (text: string) => string): Partial<ServiceError> {
  const details = words(explain(error));
  const metadata = new Metadata();
  if (error instanceof PartialFailure) {
    const partial = new ErrorResourceInitFailed();
    partial.setId(error.id);
    partial.setProperties(secured(error.properties, error.marks));
    partial.setReasonsList([details]);
    const detail = new Any();
    detail.pack(partial.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const answer = new Status();
    answer.setCode(status.UNKNOWN);
    answer.setMessage(details);
    answer.addDetails(detail);
    metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  }
  return { code: status.UNKNOWN, details, message: details, metadata };
}

/** Runs a verb, and keeps with its failure what must be recorded, and what is secret in that. */
export async function keeping<T>(marks: Marks, verb: () => Promise<T>): Promise<T> {
  try {
    return await verb();
  } catch (error) {
    const left = error instanceof MonitorError ? error.unfinished : undefined;
    throw left === undefined ? error : new PartialFailure(error as MonitorError, left.monitorId, left.state, marks);
  }
}
