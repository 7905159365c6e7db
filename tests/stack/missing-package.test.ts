import { uninstallPackage } from "./harness/place";
import { scenario } from "./harness/scenario";

scenario(
  "without the package a destroy says so in one sentence, and the state keeps everything",
  async (stack) => {
    stack.wall({ running: true });
    await stack.do("up");
    const before = await stack.record();
    stack.calls();
    uninstallPackage(stack.place);
    for (const operation of ["destroy", "refresh"] as const) {
      const log = await stack.fails(operation);
      expect(log).toMatch(
        /The package pulumi-alicloud-live cannot be loaded from \S+project, .*run `npm install` there/,
      );
      expect(log).not.toMatch(/node:internal|Require stack| at /);
    }
    expect(stack.calls()).toEqual([]);
    expect(await stack.record()).toEqual(before);
  },
  { core: true, only: ["dynamic", "Pulumi itself says that it does not find a plugin"] },
);
