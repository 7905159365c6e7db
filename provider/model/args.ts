import type { Input } from "@pulumi/pulumi";

/** The arguments of a {@link StreamMonitor}. */
export interface StreamMonitorArgs {
  /**
   * The streaming domain that the session's picture is published on: a live domain of this account, without scheme or path
   * (API field `Domain`). A change updates the session in place.
   */
  domain: Input<string>;

  /**
   * The picture's quality: `lp_ld` low, `lp_sd` standard, `lp_hd` high, `lp_ud` ultra-high definition (API field
   * `OutputTemplate`).
   */
  outputTemplate: Input<"lp_ld" | "lp_sd" | "lp_hd" | "lp_ud">;

  /**
   * The streams to watch, 1 to 100 (API field `InputList`; the console shows at most 12). Changes reach a running session
   * at once. Stream URLs carry keys, so the whole list is a secret in the state; with the plugin, only its URLs are.
   */
  inputList: Input<Input<InputConfig>[]>;

  /**
   * The session's name, at most 64 characters (API field `MonitorName`). It need not be unique. A replacement of a resource
   * with an explicit name deletes the old session first.
   *
   * @default `<project>--<stack>--<resource>--<8 random characters>`, made once and kept. Project and stack have 28 characters
   * together, the resource has 14: longer parts are cut and end in 8 hex digits of their SHA-256
   */
  monitorName?: Input<string>;

  /**
   * How long the session is needed, as a duration such as `"4h"`, from `"1m"` to `"8760h"`. The session's name then carries an
   * expiry (output `expiresAt`), and `pulumi-alicloud-live sweep --expired` deletes it after that time; nothing else does. The
   * time counts from the create, and again from an update that changes `ttl`; an update never makes it earlier. Not with a
   * `monitorName`.
   *
   * @default absent: no expiry
   */
  ttl?: Input<string>;

  /**
   * AppName of the output stream (API field `App`).
   *
   * @default "monitor"; for an adopted session, what it has
   */
  app?: Input<string>;

  /**
   * StreamName of the output stream (API field `Stream`). A replacement of a resource with an explicit stream deletes the
   * old session first.
   *
   * @default made from the session's name at create, and kept; for an adopted session, what it has
   */
  stream?: Input<string>;

  /** When to raise an alert (API field `MonitorConfig`). @default the cloud's defaults, which no document states */
  monitorConfig?: Input<MonitorConfig>;

  /** Where alerts are posted: an http:// or https:// URL (API field `CallbackUrl`). Always a secret in the state. */
  callbackUrl?: Input<string>;

  /**
   * The webhook of a DingTalk group robot that is told of alerts (API field `DingTalkWebHookUrl`). The robot's custom
   * keyword must be 告警, or DingTalk drops the messages. Always a secret in the state: the URL carries a token.
   */
  dingTalkWebHookUrl?: Input<string>;

  /**
   * The region of the session, such as `cn-shanghai` (API parameter `RegionId`). A change replaces the session.
   *
   * @default `alicloud:region` of the configuration, then the recorded region, then ALIBABA_CLOUD_REGION
   */
  region?: Input<string>;

  /**
   * `true`: started; `false`: stopped; create and update wait until the cloud shows it. Absent: `pulumi up` neither
   * starts nor stops the session. A plain `pulumi up` cannot see that somebody else started or stopped it; `pulumi up --refresh`
   * can, and repairs it.
   *
   * @default absent
   */
  running?: Input<boolean>;

  /**
   * What a delete does with a running session. `"stop"`: stops it, waits until it has stopped, and deletes it. `"wait"`:
   * never stops it, but waits until it ends on its own. `"refuse"`: fails. The environment variable
   * ALICLOUD_LIVE_ON_DELETE overrides it during a destroy.
   *
   * @default "stop"
   */
  onDelete?: Input<"stop" | "wait" | "refuse">;

  /**
   * How long create, update and delete may take, as durations such as `"90s"`, `"10m"` or `"1h30m"`, at most a week.
   * `customTimeouts` in the resource's options override them. The environment variable ALICLOUD_LIVE_DELETE_TIMEOUT
   * overrides `delete` during a destroy.
   *
   * @default create "5m", update "5m", delete "10m", or "60m" when `onDelete` is "wait"
   */
  timeouts?: Input<Timeouts>;

  /**
   * Take over an existing session instead of creating one, and bring it to what is declared here: by its id, or by its name
   * and domain (which needs an explicit `monitorName`, and exactly one match). `adopt` matters only at creation
   * and can be removed afterwards. Remove it before a change that replaces the resource. A session that a resource of the
   * stack already manages is refused.
   */
  adopt?: Input<{ monitorId: Input<string> } | { byName: true }>;
}

/** One stream to watch (API type `InputConfig`). */
export interface InputConfig {
  /** The stream's URL (API field `InputUrl`). It may carry a key, such as `auth_key`. */
  inputUrl: Input<string>;
  /** A name to show for the stream (API field `StreamName`). */
  streamName?: Input<string>;
  /** Its position in the user interface, from 0 (API field `Index`). */
  index?: Input<number>;
  /** The id of its place in the layout, from 1 (API field `LayoutId`). */
  layoutId?: Input<number>;
  /** Where it stands in the picture (API field `LayoutConfig`). */
  layoutConfig?: Input<LayoutConfig>;
  /** Its volume (API field `PlayConfig`). */
  playConfig?: Input<PlayConfig>;
}

/** Where a stream stands in the picture. Positions and sizes are fractions of the whole, from 0 to 1. */
export interface LayoutConfig {
  /** How it fills its place; `none` for use in a web page (API field `FillMode`). */
  fillMode?: Input<string>;
  /** `[x, y]`, counted from `positionRefer` (API field `PositionNormalized`). The cloud's default is `[0, 0]`. */
  positionNormalized?: Input<Input<number>[]>;
  /** The corner that positions are counted from (API field `PositionRefer`). */
  positionRefer?: Input<"topLeft" | "topRight" | "bottomLeft" | "bottomRight">;
  /** `[width, height]` (API field `SizeNormalized`). */
  sizeNormalized?: Input<Input<number>[]>;
}

/** The volume of a stream. */
export interface PlayConfig {
  /** Volume from 0 to 1, at most two decimals (API field `VolumeRate`). */
  volumeRate?: Input<number>;
}

/** Thresholds of alerts. The documents name these four; others are passed through as they are. */
export interface MonitorConfig {
  /** Video frame rate below which to alert; the documents' example 0.6 suggests a fraction of the usual rate. */
  fpsLowThres?: Input<number>;
  /** Bit rate below which to alert; the documents' example is 1.1, without a unit. */
  brLowThres?: Input<number>;
  /** Bit rate above which to alert, without a unit in the documents. */
  brHighThres?: Input<number>;
  /** For how many seconds a stream may be interrupted; the documents' example is 10. */
  eofDurationThresSec?: Input<number>;
  /** Anything else that the API takes. */
  [key: string]: Input<number | string | boolean> | undefined;
}

/** The output addresses of a session. */
export interface OutputUrls {
  /** Address for FLV playback (API field `OutputUrls.FlvUrl`). */
  flvUrl: string;
  /** Address for RTMP playback (API field `OutputUrls.RtmpUrl`). */
  rtmpUrl: string;
}

/** Durations such as `"90s"`, `"10m"` or `"1h30m"`. */
export interface Timeouts {
  /** @default "5m" */
  create?: Input<string>;
  /** @default "5m" */
  update?: Input<string>;
  /** @default "10m", or "60m" when `onDelete` is "wait" */
  delete?: Input<string>;
}
