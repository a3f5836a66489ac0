import { createClient } from "@connectrpc/connect";
import { WebhookAdminService } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { transport } from "@/wire/transport";

export const webhookAdmin = createClient(WebhookAdminService, transport);
