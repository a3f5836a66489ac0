import { createClient } from "@connectrpc/connect";
import { PlaylistService } from "@gen/streamverse/content/v1/playlists_pb";
import { transport } from "../transport";

export const playlists = createClient(PlaylistService, transport);
