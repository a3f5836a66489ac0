import { createClient } from "@connectrpc/connect";
import { AuditService } from "@gen/streamverse/admin/v1/admin_pb";
import { transport } from "@/wire/transport";

export const audit = createClient(AuditService, transport);
