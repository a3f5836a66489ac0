import { createClient } from "@connectrpc/connect";
import { JobAdminService } from "@gen/streamverse/admin/v1/jobs_pb";
import { transport } from "@/wire/transport";

export const jobAdmin = createClient(JobAdminService, transport);
