import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { unsupportedNode } from "../base/node-version";
import { pluginDependencies } from "./dependencies";
import { PluginFace } from "./plugin";

/** The executable `pulumi-resource-alicloud-live`: serves Pulumi's engine, and prints the port that it is to call. */
function main(): void {
  const problem = unsupportedNode();
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  const schema = readFileSync(join(__dirname, "schema.json"), "utf8");
  const { version } = JSON.parse(schema) as { version: string };
  const face = new PluginFace(pluginDependencies(), { version, schema });
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const server = new grpc.Server(unlimited);
  server.addService(ResourceProviderService, face.methods() as grpc.UntypedServiceImplementation);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      process.stderr.write(`The plugin cannot listen on this machine: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
}

main();
