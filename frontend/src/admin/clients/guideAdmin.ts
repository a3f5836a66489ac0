import { createClient } from "@connectrpc/connect";
import { GuideAdminService } from "@gen/streamverse/livetv/v1/guide_pb";
import { transport } from "@/wire/transport";

export const guideAdmin = createClient(GuideAdminService, transport);
