export interface RawResource {
  urn: string;
  type: string;
  id?: string;
  created?: string;
  modified?: string;
  provider?: string;
  [key: string]: unknown;
}

export interface RawState {
  version: number;
  deployment: {
    manifest: Record<string, unknown>;
    resources?: RawResource[];
    pending_operations?: { resource: RawResource; type: string }[];
    [key: string]: unknown;
  };
}
