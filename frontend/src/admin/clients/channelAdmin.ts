import { createClient } from "@connectrpc/connect";
import { LiveTvAdminService } from "@gen/streamverse/livetv/v1/livetv_pb";
import { transport } from "@/wire/transport";

export const channelAdmin = createClient(LiveTvAdminService, transport);
