import { createClient } from "@connectrpc/connect";
import { VideoAdminService } from "@gen/streamverse/content/v1/videos_pb";
import { transport } from "@/wire/transport";

export const videoAdmin = createClient(VideoAdminService, transport);
