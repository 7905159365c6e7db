import { testsOf } from "./table";

testsOf("waits");
