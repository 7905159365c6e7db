import { testsOf } from "./explore";

testsOf("a refresh");
