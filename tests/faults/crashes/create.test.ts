import { testsOf } from "./explore";

testsOf("the first up");
