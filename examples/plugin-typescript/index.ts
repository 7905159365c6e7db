import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor } from "pulumi-alicloud-live/plugin";

const config = new pulumi.Config();
const domain = config.get("domain") ?? "play.example.com";

// One session that watches two streams. It runs until the stack is destroyed.
const wall = new StreamMonitor(
  "wall",
  {
    domain,
    outputTemplate: "lp_hd",
    inputList: [
      { inputUrl: `rtmp://${domain}/show/camera-1`, streamName: "camera 1", layoutId: 1 },
      { inputUrl: `rtmp://${domain}/show/camera-2`, streamName: "camera 2", layoutId: 2 },
    ],
    running: true,
  },
  { customTimeouts: { delete: "15m" } },
);

export const monitorId = wall.monitorId;
export const playUrl = wall.outputUrls.flvUrl;
