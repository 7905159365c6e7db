import { testsOf } from "./explore";

testsOf("a replacement and a removal");
