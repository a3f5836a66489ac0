import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { UserStatus } from "@gen/streamverse/users/v1/users_pb";
import { Button } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { TextField } from "@/design/field";
import { Chip } from "@/design/states";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { date } from "@/i18n/format";
import { randomHex } from "@/wire/auth";
import { auth } from "@/wire/clients/auth";
import { Refusal } from "@/wire/refusal";
import { ifMatch } from "../clients/ifMatch";
import { userAdmin } from "../clients/userAdmin";
import { Failed } from "../failed";
import { Page } from "../frame";
import { List } from "../list";
import { useMay } from "../navigation";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";

const STATES = [
  [UserStatus.ACTIVE, "active", "accounts.active"],
  [UserStatus.BLOCKED, "blocked", "accounts.blocked"],
] as const;

export function UserState({ status }: { status: UserStatus }) {
  const t = useAdminT();
  return status === UserStatus.BLOCKED ? <Chip tone="danger">{t("accounts.blocked")}</Chip> : <Chip tone="ok">{t("accounts.active")}</Chip>;
}

export function Accounts() {
  const t = useAdminT();
  const may = useMay();
  const [making, setMaking] = useState(false);
  return (
    <Page
      title={t("accounts")}
      actions={
        may("operations") && (
          <Button tone="primary" small onClick={() => setMaking(true)}>
            {t("accounts.new")}
          </Button>
        )
      }
    >
      <List
        name="accounts"
        caption={t("accounts")}
        sort="-create_time"
        ask={(asked, { q, status }, signal) => userAdmin.adminListUsers({ ...asked, q: q ?? "", status: STATES.filter(([, word]) => word === status).map(([value]) => value), withTotal: true }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.email}
        open={(row) => ({ to: "/admin/accounts/$id", params: { id: row.id } })}
        filters={[
          { id: "q", label: t("accounts.find") },
          { id: "status", label: t("titles.status"), options: STATES.map(([, word, label]) => [word, t(label)] as const) },
        ]}
        columns={[
          { id: "email", label: t("accounts.email"), sort: "email", only: "ascending", text: (row) => row.email, cell: (row) => <b>{row.email}</b> },
          { id: "name", label: t("accounts.name"), sort: "name", only: "ascending", text: (row) => row.name, cell: (row) => <span dir="auto">{row.name}</span> },
          { id: "username", label: t("accounts.username"), text: (row) => row.username, cell: (row) => <bdi>{row.username}</bdi> },
          { id: "status", label: t("titles.status"), cell: (row) => <UserState status={row.status} /> },
          { id: "created", label: t("title.created"), sort: "create_time", text: (row) => date(row.createTime), cell: (row) => date(row.createTime) },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={
          may("operations")
            ? [
                { id: "block", verb: (count) => t("accounts.block", { count }), effect: t("accounts.blockText"), tone: "danger", run: (row) => userAdmin.updateUser({ userId: row.id, user: { ...row, status: UserStatus.BLOCKED }, updateMask: { paths: ["status"] } }) },
                { id: "unblock", verb: (count) => t("accounts.unblock", { count }), effect: t("accounts.unblockText"), run: (row) => userAdmin.updateUser({ userId: row.id, user: { ...row, status: UserStatus.ACTIVE }, updateMask: { paths: ["status"] } }) },
                { id: "delete", verb: (count) => t("accounts.delete", { count }), effect: t("accounts.deleteText"), tone: "danger", final: true, run: ({ id, version }) => userAdmin.deleteUser({ userId: id }, ifMatch(version)) },
              ]
            : []
        }
        empty={{ title: t("accounts.none") }}
      />
      {making && <Make onClose={() => setMaking(false)} />}
    </Page>
  );
}

function Make({ onClose }: { onClose: () => void }) {
  const t = useAdminT();
  const viewerT = useT();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const make = useMutation({
    mutationFn: () => auth.createAccount({ email, name, username, password }, { headers: { "idempotency-key": randomHex(16) } }),
    onSuccess: async ({ user, canSignIn }) => {
      toast(t(canSignIn ? "accounts.made" : "accounts.madeWithout"));
      void queries.invalidateQueries({ queryKey: ["admin", "accounts"] });
      if (user) await navigate({ to: "/admin/accounts/$id", params: { id: user.id } });
    },
  });
  const refusal = make.error ? Refusal.of(make.error) : undefined;
  const problem = (field: string) => refusal?.violations.find((one) => one.field === field)?.text;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog
      title={t("accounts.new")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{viewerT("cancel")}</Button>
          <Button tone="primary" type="submit" form="new-account" busy={make.isPending}>
            {t("accounts.make")}
          </Button>
        </>
      }
    >
      <form id="new-account" className="stack" onSubmit={submit} noValidate>
        <TextField label={t("accounts.email")} type="email" autoComplete="off" value={email} error={problem("email")} onChange={(event) => setEmail(event.target.value)} />
        <TextField label={t("accounts.name")} autoComplete="off" dir="auto" value={name} error={problem("name")} onChange={(event) => setName(event.target.value)} />
        <TextField label={t("accounts.username")} autoComplete="off" hint={t("accounts.usernameHint")} value={username} error={problem("username")} onChange={(event) => setUsername(event.target.value)} />
        <TextField label={t("accounts.password")} type="password" autoComplete="new-password" hint={t("accounts.passwordHint")} value={password} error={problem("password")} onChange={(event) => setPassword(event.target.value)} />
        <Failed error={make.error} />
      </form>
    </Dialog>
  );
}
