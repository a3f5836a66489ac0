import { createClient } from "@connectrpc/connect";
import { SearchTuningService } from "@gen/streamverse/search/v1/tuning_pb";
import { transport } from "@/wire/transport";

export const tuning = createClient(SearchTuningService, transport);
