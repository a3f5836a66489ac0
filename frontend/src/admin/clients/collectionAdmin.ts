import { createClient } from "@connectrpc/connect";
import { CollectionAdminService } from "@gen/streamverse/content/v1/collections_pb";
import { transport } from "@/wire/transport";

export const collectionAdmin = createClient(CollectionAdminService, transport);
