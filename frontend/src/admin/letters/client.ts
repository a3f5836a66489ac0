import { createClient } from "@connectrpc/connect";
import { DeadLetterService } from "@gen/streamverse/admin/v1/dead_letters_pb";
import { transport } from "@/wire/transport";

export const deadLetters = createClient(DeadLetterService, transport);
