import { createClient } from "@connectrpc/connect";
import { PersonService } from "@gen/streamverse/content/v1/people_pb";
import { transport } from "../transport";

export const people = createClient(PersonService, transport);
