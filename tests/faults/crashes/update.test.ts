import { testsOf } from "./explore";

testsOf("an update");
