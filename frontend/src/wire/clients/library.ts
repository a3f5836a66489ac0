import { createClient } from "@connectrpc/connect";
import { LibraryService } from "@gen/streamverse/users/v1/library_pb";
import { transport } from "../transport";

export const library = createClient(LibraryService, transport);
