import { createClient } from "@connectrpc/connect";
import { WatchHistoryService } from "@gen/streamverse/streaming/v1/history_pb";
import { transport } from "../transport";

export const history = createClient(WatchHistoryService, transport);
