/** The type of a monitor that Pulumi's plugin for dynamic resources manages. States hold it, so it never changes. */
export const TYPE = "pulumi-nodejs:dynamic/live:StreamMonitor";
/** The type of a monitor that the plugin of this package manages. */
export const PLUGIN_TYPE = "alicloud-live:index:StreamMonitor";

/** Whether a resource in a state is a monitor of either type, in a component or not. */
export function isMonitorType(type: string): boolean {
  return [TYPE, PLUGIN_TYPE].includes(type.split("$").at(-1) ?? "");
}
