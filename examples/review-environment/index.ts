import * as pulumi from "@pulumi/pulumi";
import { ReviewEnvironment } from "./review-environment";

const config = new pulumi.Config();

// The stack is named after the pull request, such as pr-42, and so are its sessions.
const environment = new ReviewEnvironment(pulumi.getStack(), {
  domain: config.get("domain") ?? "review.example.com",
  streams: config.require("streams").split(","),
  alertsTo: config.getSecret("alertsTo"),
});

export const playUrls = environment.playUrls;
export const sessions = environment.sessions;
