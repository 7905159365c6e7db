import { testsOf } from "./table";

testsOf("reads");
