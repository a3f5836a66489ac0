"""Changes every key and password under load, by the commands of docs/operations/rotation.md."""
import base64
import contextlib
import json
import time
import urllib.error
import urllib.request

from . import network
from .kubectl import Page

# A key is known to every process two minutes after it was made, and has gone from each as long after it was taken away.
KNOWN = 125
# Processes of auth read the keys as often.
REREAD = 65


def kid(token):
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


def published(base):
    with urllib.request.urlopen(f"{base}/.well-known/jwks.json", timeout=20) as answer:
        return {key["kid"] for key in json.load(answer)["keys"]}


def refused(base, token):
    request = urllib.request.Request(f"{base}/users/me", headers={"authorization": f"Bearer {token}"})
    try:
        urllib.request.urlopen(request, timeout=20).close()
        return False
    except urllib.error.HTTPError as told:
        return told.code == 401


def until(fact, otherwise, patience):
    end = time.monotonic() + patience
    while not fact():
        if time.monotonic() > end:
            raise SystemExit(otherwise() if callable(otherwise) else otherwise)
        time.sleep(1)


class Rotation:
    def __init__(self, groups, sql, tell, work, kubectl):
        self.groups, self.sql, self.tell, self.base = groups, sql, tell, groups.base
        admin = f"postgres://streamverse:streamverse@{network.GATEWAY}:5432/tv"
        variables = {"NS": "tv", "REL": "sv", "AUTH": "sv-streamverse-core", "ADMIN_URL": admin, "DB": "postgres:5432/tv", "OWNER": "tv", "OLD": "tv"}
        restart = lambda: groups.roll(self.load)
        self.page = Page("docs/operations/rotation.md", groups.cluster, restart, kubectl, work, variables)

    @contextlib.contextmanager
    def under_load(self, what):
        """Does something, and says what became of the calls meanwhile."""
        answered, failed, begun = sum(self.load.answered.values()), sum(self.load.failed.values()), time.monotonic()
        yield
        self.load.until(200)
        answered, failed = sum(self.load.answered.values()) - answered, sum(self.load.failed.values()) - failed
        self.tell(f"{what}: {answered} calls answered in {time.monotonic() - begun:.0f} s, {failed} failed")
        if failed:
            raise SystemExit(f"failed: {dict(self.load.failed)}")

    def all(self):
        with self.groups.load() as self.load:
            time.sleep(max(0, self.groups.signed_in + KNOWN - time.monotonic()))
            self.access_tokens()
            self.a_key_that_leaked()
            self.services()
            self.postgres()
        self.groups.judge(self.load)

    def access_tokens(self):
        before, self.old_token = published(self.base), self.groups.viewer
        with self.under_load("signing keys changed"):
            said = self.page.run("Access tokens").splitlines()
            signs = next(line.split()[0] for line in reversed(said) if " signs  " in line)
            until(lambda: published(self.base) > before, "the key after the next is not published", KNOWN)
            time.sleep(REREAD)
            for _ in range(10):
                self.groups.sign_in()
                if kid(self.groups.viewer) != signs or kid(self.groups.editor) != signs:
                    raise SystemExit("a process still signs with the old key")
        if signs not in before or kid(self.old_token) == signs or refused(self.base, self.old_token):
            raise SystemExit("the old key does not verify, or the new one was not published")
        self.tell(f"{len(before)} keys were published, {len(published(self.base))} are; what was the next one signs all of 20 tokens, those of the old one hold")

    def a_key_that_leaked(self):
        # Clients have refreshed: the load goes on with tokens of the new key.
        self.load.viewer, self.load.editor = self.groups.viewer, self.groups.editor
        self.load.until(100)
        with self.under_load("the old signing key taken away"):
            self.page.run("A key of access tokens that leaked")
            begun = time.monotonic()
            until(lambda: all(refused(self.base, self.old_token) for _ in range(10)), "a token of the old key is still taken", KNOWN)
            taken = time.monotonic() - begun
        if kid(self.old_token) in published(self.base):
            raise SystemExit("the old key is still published")
        self.tell(f"a token of the old key is refused by all after {taken:.0f} s")

    def keys(self):
        """What pods have published; a command line's keys run out by themselves."""
        return set(self.sql("tv", "SELECT service || ' ' || kid FROM platform.service_keys WHERE service <> 'operator'").splitlines())

    def services(self):
        earlier = self.keys()
        with self.under_load("keys of services changed"):
            self.page.run("Services")
            left = lambda: self.keys() & earlier
            until(lambda: not left(), lambda: f"keys of pods that ended stay published: {left()}", 240)
        self.tell(f"{len(earlier)} keys of services were published, none of them is; {len(self.keys())} others are")

    def postgres(self):
        for turn in ("PostgreSQL's login changed", "PostgreSQL's login changed once more"):
            with self.under_load(turn):
                self.page.env["OLD"] = self.page.run("PostgreSQL").split()[-1]
        logins = set(self.sql("tv", "SELECT usename FROM pg_stat_activity WHERE datname = 'tv' AND usename <> 'streamverse'").split())
        roles = self.sql("tv", "SELECT rolname || ' ' || rolcanlogin FROM pg_roles WHERE rolname LIKE 'tv%' ORDER BY 1").splitlines()
        owners = self.sql("tv", "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('auth', 'users', 'platform')")
        last = self.page.env["OLD"]
        if logins != {last} or roles != ["tv false", f"{last} true"] or owners != "tv":
            raise SystemExit(f"connected are {logins}, roles are {roles}, tables belong to {owners}")
        self.tell("the last login alone is connected, the others are gone, and tables belong to the role that nobody signs in as")
