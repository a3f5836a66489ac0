import { createClient } from "@connectrpc/connect";
import { SearchService } from "@gen/streamverse/search/v1/search_pb";
import { transport } from "../transport";

export const search = createClient(SearchService, transport);
