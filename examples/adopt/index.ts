import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor } from "pulumi-alicloud-live";

const config = new pulumi.Config();
const domain = config.get("domain") ?? "play.example.com";

// The session keeps its id and its stream, and from now on is what is declared here. `adopt` can be removed after the
// first `pulumi up`.
const wall = new StreamMonitor("wall", {
  adopt: { monitorId: config.require("monitorId") },
  monitorName: "master-control-wall",
  domain,
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: `rtmp://${domain}/show/camera-1`, layoutId: 1 }],
  // It is somebody's working screen: never cut it off, not even in a destroy.
  onDelete: "wait",
});

export const monitorId = wall.monitorId;
export const status = wall.status;
