import { createClient } from "@connectrpc/connect";
import { RightsService } from "@gen/streamverse/rights/v1/rights_pb";
import { transport } from "../transport";

export const rights = createClient(RightsService, transport);
