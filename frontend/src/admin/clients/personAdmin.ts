import { createClient } from "@connectrpc/connect";
import { PersonAdminService } from "@gen/streamverse/content/v1/people_pb";
import { transport } from "@/wire/transport";

export const personAdmin = createClient(PersonAdminService, transport);
