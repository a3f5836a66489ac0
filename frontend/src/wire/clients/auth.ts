import { createClient } from "@connectrpc/connect";
import { AuthService } from "@gen/streamverse/auth/v1/auth_pb";
import { transport } from "../transport";

export const auth = createClient(AuthService, transport);
