import { testsOf } from "./table";

testsOf("deletes");
