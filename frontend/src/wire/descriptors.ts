import "@bufbuild/protobuf/codegenv2";
import { turn } from "@/app/turn";

// Protobuf describes itself before it describes anything else, which takes long. What is built after this has a task of its own.
await turn();
