import { FAILURE } from "./scenarios/failure";
import { likeness } from "./support/likeness";

likeness(FAILURE);
