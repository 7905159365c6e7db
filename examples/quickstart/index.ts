import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor } from "pulumi-alicloud-live";

const config = new pulumi.Config();
// A live streaming domain of the account. The sandbox accepts any domain.
const domain = config.get("domain") ?? "play.example.com";

// One session that watches two streams. It runs until the stack is destroyed.
const wall = new StreamMonitor("wall", {
  domain,
  outputTemplate: "lp_hd",
  inputList: [
    { inputUrl: `rtmp://${domain}/show/camera-1`, streamName: "camera 1", layoutId: 1 },
    { inputUrl: `rtmp://${domain}/show/camera-2`, streamName: "camera 2", layoutId: 2 },
  ],
  monitorConfig: { fpsLowThres: 0.6, eofDurationThresSec: 10 },
  running: true,
});

export const monitorId = wall.monitorId;
export const monitorName = wall.monitorName;
export const status = wall.status;
export const playUrl = wall.outputUrls.flvUrl;
