import * as pulumi from "@pulumi/pulumi";
import { ReviewEnvironment } from "./review-environment";

const config = new pulumi.Config();

// The stack has the name of the pull request, for example pr-42. The names of the sessions contain it.
const environment = new ReviewEnvironment(pulumi.getStack(), {
  domain: config.get("domain") ?? "review.example.com",
  streams: config.require("streams").split(","),
  alertsTo: config.getSecret("alertsTo"),
});

export const playUrls = environment.playUrls;
export const sessions = environment.sessions;
