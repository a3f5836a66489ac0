import { createClient } from "@connectrpc/connect";
import { UserAdminService } from "@gen/streamverse/users/v1/accounts_pb";
import { transport } from "@/wire/transport";

export const userAdmin = createClient(UserAdminService, transport);
