import { output, type Scenario, the, widget } from "../support/scenario";

/** `a` is replaced; what hangs on it is updated, replaced, or only waits for it. */
function family(how: Record<string, unknown>, opts?: Record<string, unknown>) {
  return {
    resources: [
      widget("a", how, opts),
      widget("updated", { of: output("a", "id") }),
      widget("replaced", { kind: output("a", "id") }),
      widget("waiting", { value: 1 }, { dependsOn: [the("a")] }),
      widget("grandchild", { kind: output("replaced", "id") }),
      { kind: "component" as const, name: "box", props: { of: output("a", "id") } },
      widget("gone", { of: output("replaced", "echo") }),
    ],
  };
}

function without(name: string, program: ReturnType<typeof family>) {
  return { resources: program.resources.filter((each) => each.name !== name) };
}

export const REPLACEMENT: Scenario[] = [
  {
    name: "replacement, creating first",
    steps: [
      { run: "up", program: family({ kind: 1 }) },
      { run: "preview", program: without("gone", family({ kind: 2, value: 2 })) },
      { run: "up" },
    ],
  },
  {
    name: "replacement, deleting first",
    steps: [
      { run: "up", program: family({ spot: 1 }) },
      { run: "preview", program: without("gone", family({ spot: 2 })) },
      { run: "up" },
    ],
  },
  {
    name: "the deleteBeforeReplace option",
    steps: [
      { run: "up", program: { resources: [widget("a", { kind: 1 }), widget("b", { spot: 1 })] } },
      {
        run: "up",
        program: {
          resources: [
            widget("a", { kind: 2 }, { deleteBeforeReplace: true }),
            widget("b", { spot: 2 }, { deleteBeforeReplace: false }),
          ],
        },
      },
    ],
  },
  {
    name: "replaceOnChanges and ignoreChanges",
    steps: [
      {
        run: "up",
        program: {
          resources: [
            widget("whole", { value: 1, other: 1 }, { replaceOnChanges: ["value"] }),
            widget("nested", { tree: { leaf: 1, bud: 1 } }, { replaceOnChanges: ["tree.leaf"] }),
            widget("any", { value: 1 }, { replaceOnChanges: ["*"] }),
            widget("ignores", { value: 1, tree: { leaf: 1, bud: 1 }, list: [{ x: 1 }, { x: 2 }] }),
            widget("all", { value: 1 }),
          ],
        },
      },
      {
        run: "up",
        program: {
          resources: [
            widget("whole", { value: 1, other: 2 }, { replaceOnChanges: ["value"] }),
            widget("nested", { tree: { leaf: 1, bud: 2 } }, { replaceOnChanges: ["tree.leaf"] }),
            widget("any", { value: 2 }, { replaceOnChanges: ["*"] }),
            widget(
              "ignores",
              { value: 2, tree: { leaf: 2, bud: 2 }, list: [{ x: 3 }, { x: 4 }], added: 1 },
              { ignoreChanges: ["value", "tree.leaf", "list[0].x", "added", "gone.deep"] },
            ),
            widget("all", { value: 2 }, { ignoreChanges: ["*"] }),
          ],
        },
      },
      {
        run: "up",
        program: {
          resources: [
            widget("whole", { value: 2, other: 2 }, { replaceOnChanges: ["value"] }),
            widget("nested", { tree: { leaf: 2, bud: 2 } }, { replaceOnChanges: ["tree.leaf"] }),
            widget("any", { value: 2 }, { replaceOnChanges: ["*"] }),
            widget("ignores", { value: 2 }, { ignoreChanges: ["tree", "list"] }),
            widget("all", { value: 3 }),
          ],
        },
      },
    ],
  },
  {
    name: "a replacement whose delete fails",
    steps: [
      {
        run: "up",
        program: { resources: [widget("a", { kind: 1, fail: ["delete"] }), widget("b", { of: output("a", "id") })] },
      },
      { run: "up", program: { resources: [widget("a", { kind: 2 }), widget("b", { of: output("a", "id") })] } },
      { run: "refresh" },
      { run: "up" },
      { run: "destroy" },
    ],
  },
  {
    name: "a replacement whose create fails after the delete",
    steps: [
      { run: "up", program: { resources: [widget("a", { spot: 1 }), widget("b", { kind: output("a", "id") })] } },
      {
        run: "up",
        program: { resources: [widget("a", { spot: 2, fail: ["create"] }), widget("b", { kind: output("a", "id") })] },
      },
      { run: "refresh" },
      { run: "up", program: { resources: [widget("a", { spot: 3 })] } },
      { run: "destroy" },
    ],
  },
  {
    name: "destroy with replacements pending",
    steps: [
      { run: "up", program: { resources: [widget("a", { spot: 1 }), widget("b", { kind: output("a", "id") })] } },
      { run: "up", program: { resources: [widget("a", { spot: 2, fail: ["create"] })] } },
      { run: "destroy" },
    ],
  },
];
