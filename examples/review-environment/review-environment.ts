import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor } from "pulumi-alicloud-live";

export interface ReviewEnvironmentArgs {
  /** The live streaming domain that the environment publishes on. */
  domain: string;
  /** The names of the environment's streams. A running session watches each of them. */
  streams: string[];
  /** Where alerts are posted. */
  alertsTo?: pulumi.Input<string>;
}

/**
 * Monitors the environment of one pull request: one running session for each stream, and one session that shows all streams.
 * The overview is created stopped, to be started in the console when it is needed.
 */
export class ReviewEnvironment extends pulumi.ComponentResource {
  readonly playUrls: pulumi.Output<Record<string, string | undefined>>;
  readonly sessions: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ReviewEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("example:live:ReviewEnvironment", name, {}, opts);

    const inputUrl = (stream: string) => `rtmp://${args.domain}/${name}/${stream}`;
    const common = {
      domain: args.domain,
      outputTemplate: "lp_sd" as const,
      callbackUrl: args.alertsTo,
      // Nobody needs the sessions of a review environment after its end: a destroy stops
      // them, and fails if a delete takes more than 5 minutes.
      onDelete: "stop" as const,
      timeouts: { delete: "5m" },
    };

    const monitors = Object.fromEntries(
      args.streams.map((stream) => [
        stream,
        new StreamMonitor(
          stream,
          { ...common, inputList: [{ inputUrl: inputUrl(stream), layoutId: 1 }], running: true },
          { parent: this },
        ),
      ]),
    );
    monitors.overview = new StreamMonitor(
      "overview",
      { ...common, inputList: args.streams.map((stream, i) => ({ inputUrl: inputUrl(stream), layoutId: i + 1 })) },
      { parent: this },
    );

    const all = Object.entries(monitors);
    this.playUrls = pulumi.output(Object.fromEntries(all.map(([key, each]) => [key, each.outputUrls.flvUrl])));
    this.sessions = pulumi.output(Object.fromEntries(all.map(([key, each]) => [key, each.monitorName])));
    this.registerOutputs({ playUrls: this.playUrls, sessions: this.sessions });
  }
}
