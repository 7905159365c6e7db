import { output, type Scenario, widget } from "../support/scenario";

export const FAILURE: Scenario[] = [
  {
    name: "a create that fails",
    steps: [
      {
        run: "up",
        program: {
          resources: [
            widget("a"),
            widget("b", { of: output("a", "id"), fail: ["create"] }),
            widget("c", { of: output("b", "id") }),
          ],
          outputs: { a: output("a", "id") },
        },
      },
      {
        run: "up",
        program: {
          resources: [widget("a"), widget("b", { of: output("a", "id") })],
          outputs: { b: output("b", "id") },
        },
      },
    ],
  },
  {
    name: "a create that half succeeds",
    steps: [
      {
        run: "up",
        program: { resources: [widget("a", { value: 1, partial: true }), widget("b", { of: output("a", "id") })] },
      },
      { run: "preview" },
      { run: "up" },
      { run: "up", program: { resources: [widget("a", { value: 1 })] } },
      { run: "up", program: { resources: [widget("a", { value: 1, loud: true, partial: true })] } },
      { run: "refresh" },
      { run: "up" },
      { run: "destroy" },
    ],
  },
  {
    name: "inputs that do not pass the check",
    steps: [
      { run: "preview", program: { resources: [widget("a"), widget("b", { invalid: true }), widget("c")] } },
      { run: "up" },
    ],
  },
  {
    name: "an update and a delete that fail",
    steps: [
      {
        run: "up",
        program: {
          resources: [widget("a", { value: 1 }), widget("b", { of: output("a", "id"), fail: ["delete"] })],
          outputs: { kept: "old", a: 1 },
        },
      },
      { run: "up", program: { resources: [widget("a", { value: 2, fail: ["update"] })], outputs: { a: 2 } } },
      { run: "destroy" },
      { run: "up", program: { resources: [widget("a", { value: 1 }), widget("b", { of: output("a", "id") })] } },
      { run: "destroy" },
    ],
  },
  {
    name: "a program that fails",
    steps: [
      {
        run: "up",
        program: { resources: [widget("a"), { kind: "fail", name: "here" }, widget("b")], outputs: { x: 1 } },
      },
      { run: "preview" },
      { run: "up", program: { resources: [widget("a"), widget("a")] } },
    ],
  },
];
