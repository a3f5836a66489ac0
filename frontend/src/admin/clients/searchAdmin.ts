import { createClient } from "@connectrpc/connect";
import { SearchAdminService } from "@gen/streamverse/search/v1/search_pb";
import { transport } from "@/wire/transport";

export const searchAdmin = createClient(SearchAdminService, transport);
