import { createClient } from "@connectrpc/connect";
import { ContentAdminService } from "@gen/streamverse/content/v1/catalogue_pb";
import { VideoAdminService } from "@gen/streamverse/content/v1/videos_pb";
import { transport } from "@/wire/transport";

/** The services of the administration; add further ones here. */
export const contentAdmin = createClient(ContentAdminService, transport);
export const videoAdmin = createClient(VideoAdminService, transport);
