import { createClient } from "@connectrpc/connect";
import { ImportAdminService } from "@gen/streamverse/streaming/v1/imports_pb";
import { transport } from "@/wire/transport";

export const importAdmin = createClient(ImportAdminService, transport);
