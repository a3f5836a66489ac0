import { createClient } from "@connectrpc/connect";
import { ContentService } from "@gen/streamverse/content/v1/catalogue_pb";
import { transport } from "../transport";

export const content = createClient(ContentService, transport);
