import { useQuery } from "@tanstack/react-query";
import { rightsAdmin } from "../clients/rightsAdmin";

/** All plans, on sale and retired: a tenant has a handful. */
export function usePlans() {
  return useQuery({ queryKey: ["admin", "plans", "all"], queryFn: async ({ signal }) => (await rightsAdmin.adminListPlans({ pageSize: 100 }, { signal })).items });
}
