import { createClient } from "@connectrpc/connect";
import { LiveTvService } from "@gen/streamverse/livetv/v1/livetv_pb";
import { transport } from "../transport";

export const livetv = createClient(LiveTvService, transport);
