import { createClient } from "@connectrpc/connect";
import { ArtworkAdminService } from "@gen/streamverse/streaming/v1/artwork_pb";
import { transport } from "@/wire/transport";

export const artworkAdmin = createClient(ArtworkAdminService, transport);
