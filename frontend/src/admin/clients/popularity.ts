import { createClient } from "@connectrpc/connect";
import { PopularityService } from "@gen/streamverse/content/v1/popularity_pb";
import { transport } from "@/wire/transport";

export const popularity = createClient(PopularityService, transport);
