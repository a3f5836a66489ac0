import { createClient } from "@connectrpc/connect";
import { ContentAdminService } from "@gen/streamverse/content/v1/catalogue_pb";
import { transport } from "@/wire/transport";

export const contentAdmin = createClient(ContentAdminService, transport);
