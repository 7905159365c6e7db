import { OPTIONS } from "./scenarios/options";
import { likeness } from "./support/likeness";

likeness(OPTIONS);
