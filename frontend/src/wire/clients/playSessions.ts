import { createClient } from "@connectrpc/connect";
import { PlaySessionService } from "@gen/streamverse/streaming/v1/sessions_pb";
import { transport } from "../transport";

export const playSessions = createClient(PlaySessionService, transport);
