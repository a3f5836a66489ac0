import { createClient } from "@connectrpc/connect";
import { CollectionService } from "@gen/streamverse/content/v1/collections_pb";
import { transport } from "../transport";

export const collections = createClient(CollectionService, transport);
