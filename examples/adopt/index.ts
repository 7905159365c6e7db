import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor } from "pulumi-alicloud-live";

const config = new pulumi.Config();
const domain = config.get("domain") ?? "play.example.com";

// The session keeps its id and its stream. `pulumi up` updates it to the arguments below. `adopt` can be
// removed after the first `pulumi up`.
const wall = new StreamMonitor("wall", {
  adopt: { monitorId: config.require("monitorId") },
  monitorName: "master-control-wall",
  domain,
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: `rtmp://${domain}/show/camera-1`, layoutId: 1 }],
  // Somebody may be watching this session, so a destroy waits until it ends.
  onDelete: "wait",
});

export const monitorId = wall.monitorId;
export const status = wall.status;
