/**
 * ApsaraVideo Live stream monitors for Pulumi.
 *
 * @packageDocumentation
 */
export type {
  InputConfig,
  LayoutConfig,
  MonitorConfig,
  PlayConfig,
  StreamMonitorArgs,
  Timeouts,
} from "./args";
export type { ProviderArgs } from "./explicit-provider";
export { Provider } from "./explicit-provider";
export type { OutputUrls, StreamMonitorState } from "./stream-monitor";
export { StreamMonitor } from "./stream-monitor";
