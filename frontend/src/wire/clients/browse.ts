import { createClient } from "@connectrpc/connect";
import { BrowseService } from "@gen/streamverse/content/v1/browse_pb";
import { transport } from "../transport";

export const browse = createClient(BrowseService, transport);
