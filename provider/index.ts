/**
 * ApsaraVideo Live stream monitors for Pulumi.
 *
 * @packageDocumentation
 */
export type {
  InputConfig,
  LayoutConfig,
  MonitorConfig,
  OutputUrls,
  PlayConfig,
  StreamMonitorArgs,
  Timeouts,
} from "./model/args";
export { type GridCell, gridLayout } from "./model/layout";
export type { ProviderArgs } from "./resource/provider";
export { Provider } from "./resource/provider";
export type { StreamMonitorState } from "./resource/stream-monitor";
export { StreamMonitor } from "./resource/stream-monitor";
