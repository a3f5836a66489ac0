import { createClient } from "@connectrpc/connect";
import { VideoService } from "@gen/streamverse/content/v1/videos_pb";
import { transport } from "../transport";

export const videos = createClient(VideoService, transport);
