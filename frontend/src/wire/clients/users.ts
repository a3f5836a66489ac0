import { createClient } from "@connectrpc/connect";
import { UserService } from "@gen/streamverse/users/v1/users_pb";
import { transport } from "../transport";

export const users = createClient(UserService, transport);
