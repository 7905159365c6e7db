import { REPLACEMENT } from "./scenarios/replacement";
import { likeness } from "./support/likeness";

likeness(REPLACEMENT);
