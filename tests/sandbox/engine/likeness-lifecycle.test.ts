import { LIFECYCLE } from "./scenarios/lifecycle";
import { likeness } from "./support/likeness";

likeness(LIFECYCLE);
