import type { LinkProps } from "@tanstack/react-router";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ContentType } from "@gen/streamverse/content/v1/content_pb";
import { asDate } from "@/i18n/format";
import { typeName } from "./subject";

interface Thing {
  id: string;
  type: ContentType;
  /** Of a programme: where and when it runs. */
  channelId?: string;
  startTime?: Timestamp | undefined;
}

/** The page of whatever was found. */
export function placeOf({ id, type, channelId, startTime }: Thing): Pick<LinkProps, "to" | "params" | "search"> {
  switch (typeName(type)) {
    case "collection":
      return { to: "/collection/$id", params: { id } };
    case "channel":
      return { to: "/channel/$id", params: { id } };
    case "programme":
      if (channelId) return { to: "/channel/$id", params: { id: channelId }, search: { programme: id, ...(startTime ? { at: String(Math.floor(asDate(startTime).getTime() / 60_000)) } : {}) } };
      return { to: "/live" };
    default:
      return { to: "/title/$id", params: { id } };
  }
}
