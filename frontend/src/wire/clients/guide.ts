import { createClient } from "@connectrpc/connect";
import { GuideService } from "@gen/streamverse/livetv/v1/guide_pb";
import { transport } from "../transport";

export const guide = createClient(GuideService, transport);
