import { Play, Plus, RotateCcw, Check } from "lucide-react";
import { useState } from "react";
import { EntitlementKind } from "@gen/streamverse/rights/v1/orders_pb";
import type { Offer } from "@gen/streamverse/rights/v1/rights_pb";
import { Button, ButtonLink } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { useT } from "@/i18n";
import { dateTime, length, money, position, relative } from "@/i18n/format";
import { useSession } from "@/wire/session";
import type { Access } from "./access";
import { whyNot } from "./basis";
import { Buy } from "./buy";
import css from "./main-button.module.css";

interface Props {
  access: Access | undefined;
  playable: string;
  title: string;
  /** Seconds; 0 where nothing was begun. */
  resume: number;
  /** Of a series: which episode would play. */
  episode?: { season: number; episode: number } | undefined;
  listed: boolean;
  /** Absent where there is no place for the list's button. */
  onList?: () => void;
}

/** The one button that knows the entitlement, what else would open the title, and the list. */
export function MainButton({ access, playable, title, resume, episode, listed, onList }: Props) {
  const t = useT();
  const kids = useSession()?.profile?.isKids ?? false;
  const [offer, setOffer] = useState<Offer>();
  const [choosing, setChoosing] = useState(false);
  const offers = access?.kind === "denied" && !kids ? access.offers : [];
  const rent = offers.find((one) => one.kind === "rent");
  const purchase = offers.find((one) => one.kind === "purchase");
  const subscribe = offers.filter((one) => one.kind === "subscribe").sort((a, b) => a.priceMinor - b.priceMinor)[0];
  const single = rent ?? purchase;
  const label = (one: Offer) =>
    one.kind === "rent"
      ? t("title.rent", { price: money(one.priceMinor, one.currency), time: length(one.durationHours * 3600) })
      : one.kind === "purchase"
        ? t("title.buy", { price: money(one.priceMinor, one.currency) })
        : t("title.subscribe", { price: money(one.priceMinor, one.currency) });
  const more = [rent, purchase, subscribe].filter((one): one is Offer => one !== undefined).length > 1;
  const list = (tone: "primary" | "secondary") => onList && (
    <Button tone={tone} onClick={onList} aria-pressed={listed}>
      {listed ? <Check size={20} aria-hidden /> : <Plus size={20} aria-hidden />}
      {t(listed ? "title.onList" : "title.addList")}
    </Button>
  );
  return (
    <>
      <div className={`row ${css.actions}`} data-rail>
        {!access ? (
          <span className={css.waiting} aria-busy="true">
            <span className="sr">{t("title.checking")}</span>
          </span>
        ) : access.kind === "play" ? (
          <>
            <ButtonLink to="/watch/$id" params={{ id: playable }} tone="primary" id="main-action">
              <Play size={20} fill="currentColor" aria-hidden />
              {episode
                ? t(resume > 0 ? "title.resumeEpisode" : "title.playEpisode", { season: episode.season, episode: episode.episode })
                : resume > 0
                  ? t("title.resume", { time: position(resume) })
                  : t("title.play")}
            </ButtonLink>
            {resume > 0 && (
              <ButtonLink to="/watch/$id" params={{ id: playable }} search={{ from: "0" }} tone="secondary">
                <RotateCcw size={18} aria-hidden />
                {t("title.startOver")}
              </ButtonLink>
            )}
          </>
        ) : single ? (
          <Button tone="primary" id="main-action" onClick={() => setOffer(single)}>
            {label(single)}
          </Button>
        ) : subscribe ? (
          <ButtonLink to="/plans" tone="primary" id="main-action">
            {label(subscribe)}
          </ButtonLink>
        ) : null}
        {more && (
          <Button tone="secondary" onClick={() => setChoosing(true)}>
            {t("title.otherOffers")}
          </Button>
        )}
        {list(access && access.kind !== "play" && !single && !subscribe ? "primary" : "secondary")}
      </div>
      <div className={css.why}>{access ? why(access, kids, t) : ""}</div>
      {choosing && (
        <Dialog title={title} onClose={() => setChoosing(false)}>
          <div className={css.offers}>
            {[rent, purchase].map(
              (one) =>
                one && (
                  <Button
                    key={one.kind}
                    wide
                    onClick={() => {
                      setChoosing(false);
                      setOffer(one);
                    }}
                  >
                    {label(one)}
                  </Button>
                ),
            )}
            {subscribe && (
              <ButtonLink to="/plans" wide>
                {label(subscribe)}
              </ButtonLink>
            )}
          </div>
        </Dialog>
      )}
      {offer && <Buy contentId={playable} title={title} offer={offer} onClose={() => setOffer(undefined)} />}
    </>
  );
}

/** Why the button says what it says. */
function why(access: Access, kids: boolean, t: ReturnType<typeof useT>): string {
  switch (access.kind) {
    case "not-ready":
      return t("title.notYetText");
    case "opens":
      return `${t("title.opens", { time: dateTime(access.at) })}`;
    case "play": {
      const one = access.because;
      if (one?.kind === EntitlementKind.PLAN) return t("title.included", { plan: one.plan?.name ?? "" });
      if (one?.kind === EntitlementKind.PURCHASE) return t("title.owned");
      if (one?.kind === EntitlementKind.RENTAL) return t("title.rentedUntil", { time: relative(one.expireTime) });
      return access.free ? t("title.free") : "";
    }
    case "denied":
      if (kids) return t("title.unavailable");
      return access.offers.length > 0 && !whyNot(access.basis) ? "" : t(whyNot(access.basis) ?? "title.unavailable");
  }
}
