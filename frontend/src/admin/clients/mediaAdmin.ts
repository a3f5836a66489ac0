import { createClient } from "@connectrpc/connect";
import { MediaAdminService } from "@gen/streamverse/streaming/v1/playback_pb";
import { transport } from "@/wire/transport";

export const mediaAdmin = createClient(MediaAdminService, transport);
