import { EngineError } from "../errors";
import { parseUrn } from "../urn";
import type { DeploymentFile } from "./state-file";

/** The stack of an operation. Without a project, only the stack is compared. */
export interface StackIdentity {
  stack: string;
  project?: string;
}

/**
 * Refuses a state file of another stack or project. Otherwise the operation would treat its resources as removed from the program,
 * and delete them. An empty state belongs to no stack.
 */
export function requireOwnState(path: string, { deployment }: DeploymentFile, { stack, project }: StackIdentity): void {
  const { resources = [], pending_operations: pending = [] } = deployment;
  for (const each of [...resources, ...pending.map(({ resource }) => resource)]) {
    const recorded = parseUrn(each?.urn);
    if (recorded !== undefined && recorded.stack !== stack) {
      throw new EngineError(
        `The state file ${path} belongs to stack "${recorded.stack}", not "${stack}". Nothing was done. Pass \`--stack ${recorded.stack}\`, or another \`--state\`. To rename a stack, use \`pulumi stack rename\`.`,
      );
    }
    if (recorded !== undefined && project !== undefined && recorded.project !== project) {
      throw new EngineError(
        `The state file ${path} belongs to project "${recorded.project}", not "${project}". Nothing was done. Pass that project's folder as \`--cwd\`, or another \`--state\`. To rename a project, use \`pulumi stack rename\`.`,
      );
    }
  }
}
