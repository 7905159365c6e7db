import { testsOf } from "./explore";

testsOf("a destroy");
