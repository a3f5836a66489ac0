import { createClient } from "@connectrpc/connect";
import { RightsAdminService } from "@gen/streamverse/rights/v1/admin_pb";
import { transport } from "@/wire/transport";

export const rightsAdmin = createClient(RightsAdminService, transport);
