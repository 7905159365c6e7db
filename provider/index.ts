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
export { Provider, type ProviderArgs } from "./explicit-provider";
export { type OutputUrls, StreamMonitor, type StreamMonitorState } from "./stream-monitor";
