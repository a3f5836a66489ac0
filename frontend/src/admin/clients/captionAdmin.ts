import { createClient } from "@connectrpc/connect";
import { CaptionAdminService } from "@gen/streamverse/streaming/v1/captions_pb";
import { transport } from "@/wire/transport";

export const captionAdmin = createClient(CaptionAdminService, transport);
