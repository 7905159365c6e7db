import { EngineError } from "../errors";
import { parseUrn } from "../urn";
import type { DeploymentFile } from "./state-file";

/** The stack that an operation is for. A project that is not given is not compared. */
export interface StackIdentity {
  stack: string;
  project?: string;
}

/**
 * Refuses a state file of another stack or project: the operation would take that stack's resources for ones that left the
 * program, and delete them. An empty state is anybody's.
 */
export function requireOwnState(path: string, { deployment }: DeploymentFile, { stack, project }: StackIdentity): void {
  const { resources = [], pending_operations: pending = [] } = deployment;
  for (const each of [...resources, ...pending.map(({ resource }) => resource)]) {
    const recorded = parseUrn(each?.urn);
    if (recorded !== undefined && recorded.stack !== stack) {
      throw new EngineError(
        `The state file ${path} is of stack "${recorded.stack}", not of "${stack}". Nothing was done. Pass \`--stack ${recorded.stack}\`, or another \`--state\`. To rename a stack, use \`pulumi stack rename\`.`,
      );
    }
    if (recorded !== undefined && project !== undefined && recorded.project !== project) {
      throw new EngineError(
        `The state file ${path} is of project "${recorded.project}", not of "${project}". Nothing was done. Pass the folder of that project as \`--cwd\`, or another \`--state\`. To rename a project, use \`pulumi stack rename\`.`,
      );
    }
  }
}
