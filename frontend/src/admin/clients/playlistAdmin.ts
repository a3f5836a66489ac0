import { createClient } from "@connectrpc/connect";
import { PlaylistAdminService } from "@gen/streamverse/content/v1/playlists_pb";
import { transport } from "@/wire/transport";

export const playlistAdmin = createClient(PlaylistAdminService, transport);
