import { testsOf } from "./table";

testsOf("changes");
