import { amount, choice, text } from "./switch";

/** What the gateway in front of the service does where the documents do not say. */
export const gatewaySwitches = {
  qps: amount(
    [1, 0.5, 1000],
    { min: 0.01, max: 1000, fraction: true },
    { doc: "Factor on all published limits.", section: "1", open: false },
  ),
  throttleStatus: amount(
    [400, 429, 503],
    { min: 400, max: 599 },
    { doc: "HTTP status of throttling.", section: "8.4", open: true },
  ),
  throttleCode: text(["Throttling.User", "Throttling", "Throttling.Api"], {
    doc: "Code of throttling.",
    section: "8.4",
    open: true,
  }),
  retryAfterHeader: choice([false, true], {
    doc: "Whether a throttled answer has x-acs-retry-after, in ms, which newer SDKs look at.",
    section: "8.4",
    open: true,
  }),
  unknownKeyStatus: choice([404, 400], { doc: "HTTP status for an unknown access key.", section: "8.4", open: true }),
  signatureStatus: choice([400, 403], { doc: "HTTP status for a wrong signature.", section: "8.4", open: true }),
  tokenStatus: choice([400, 401, 403, 404], {
    doc: "HTTP status for a missing, wrong or expired security token.",
    section: "8.4",
    open: true,
  }),
  forbiddenCode: choice(["Forbidden.RAM", "NoPermission", "Forbidden"], {
    doc: "Code when a key lacks the RAM action.",
    section: "8.4",
    open: true,
  }),
  forbiddenStatus: choice([403, 401], { doc: "HTTP status of that refusal.", section: "8.4", open: true }),
  unknownApiCode: choice(["InvalidApi.NotFound", "InvalidAction.NotFound"], {
    doc: "Code for an action that is not there; its status is 404.",
    section: "8.4",
    open: true,
  }),
  unknownVersionCode: choice(["NoSuchVersion", "InvalidProduct.NotFound"], {
    doc: "Code for a version that is not there: of the API (400), or of the product (404).",
    section: "8.4",
    open: true,
  }),
  unsupportedMethodStatus: choice([400, 403], {
    doc: "HTTP status for methods other than GET and POST.",
    section: "8.4",
    open: true,
  }),
} as const;
