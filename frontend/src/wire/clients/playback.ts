import { createClient } from "@connectrpc/connect";
import { PlaybackService } from "@gen/streamverse/streaming/v1/playback_pb";
import { transport } from "../transport";

export const playback = createClient(PlaybackService, transport);
