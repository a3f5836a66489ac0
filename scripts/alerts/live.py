"""Faults that are made on purpose in running programs, and the alerts that they fire."""

import concurrent.futures
import contextlib
import glob
import http.server
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request

from disk import Disk
from program import Program, ask, free_port
from prometheus import FILES, Prometheus, problems, say, wrong

NO_RATES = {"STREAMVERSE_EDGE__RATES__ENABLED": "false"}
# Fires where a task panics, which is a bug: nothing from outside makes one.
BUGS = "StreamverseTaskRestarts"
# Little of everything that has a bound.
TIGHT = {
    **NO_RATES,
    "STREAMVERSE_EDGE__CONNECTIONS__IN_ALL": "20",
    "STREAMVERSE_EDGE__CONNECTIONS__REQUESTS": "4",
    "STREAMVERSE_AUTH__HASH_THREADS": "1",
    "STREAMVERSE_AUTH__HASH_QUEUE": "1",
    "STREAMVERSE_AUTH__BCRYPT_COST": "12",
}
CALM = {**NO_RATES, "STREAMVERSE_HEALTH__TOLERANCE_SECONDS": "1"}
# Tables on PostgreSQL, few connections to them, and an index that is not there.
SERVERS = {**NO_RATES, "STREAMVERSE_STORE__MAX_CONNECTIONS": "8", "OPENSEARCH_URL": "http://127.0.0.1:9"}


def dashboards():
    """Lists (dashboard, panel, query) of all dashboards."""
    for path in sorted(glob.glob(os.path.join(FILES, "dashboards/*.json"))):
        board = json.load(open(path))
        for panel in board["panels"]:
            for target in panel.get("targets", []):
                yield os.path.basename(path), panel["title"], target["expr"]


def traffic(program, token):
    """A little of everything, so that there is something to see."""
    for path in ("/ondemand/movies", "/search/global?q=bars", "/content/home", "/health"):
        ask(program.url + path, token=token)


def check_dashboards(prom):
    empty = []
    for board, panel, query in dashboards():
        asked = query.replace("$__rate_interval", "20s").replace('namespace=~"$namespace"', 'namespace=~".*"')
        result = prom.query(asked)
        if result is None:
            wrong(f"{board}, {panel}: Prometheus refuses {query}")
        elif not result:
            empty.append(f"{board}, {panel}: {query}")
    return empty


class OtherVersion:
    """Tells of a program's build what it tells itself, and later that it is another one."""

    def __init__(self, program):
        self.port, self.differs = free_port(), False
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                with contextlib.suppress(OSError):  # the program is gone, or the scrape has waited long enough
                    self.tell()

            def tell(self):
                with urllib.request.urlopen(f"http://127.0.0.1:{program.ops}/metrics", timeout=5) as answer:
                    lines = [line for line in answer.read().decode().splitlines() if "streamverse_build_info" in line]
                told = "\n".join(lines) + "\n"
                if outer.differs:
                    told = re.sub(r'version="[^"]*"', 'version="0.0.0"', told)
                self.send_response(200)
                self.send_header("content-type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(told.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self, _how=None):
        self.server.shutdown()


class Postgres:
    """A PostgreSQL of its own (tests/stack)."""

    def __init__(self):
        self.env = {**os.environ, "STREAMVERSE_STACK_INSTANCE": "alerts", "STREAMVERSE_STACK_HOST": "127.0.0.4"}
        ended = subprocess.run(["tests/stack/up", "postgres"], env=self.env, stdout=subprocess.PIPE, text=True, check=True)
        self.url = re.search(r"^DATABASE_URL=(.*)$", ended.stdout, re.M)[1].strip("'\"")

    def hold(self, table, seconds):
        """Keeps everybody from a table for a while."""
        sql = f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds}); COMMIT"
        return subprocess.Popen(["psql", "-qX", self.url, "-c", sql], stdout=subprocess.DEVNULL)

    def stop(self, _how=None):
        subprocess.run(["tests/stack/down", "--wipe"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def live(alerts):
    home, running = tempfile.mkdtemp(prefix="streamverse-alerts-"), []
    keep = lambda one: running.append(one) or one
    try:
        begin = time.time()
        database = keep(Postgres())
        disk = keep(Disk(os.path.join(home, "small")))
        rest = "auth,content,rights,search,livetv,payments,streaming,admin,edge"
        ways = {
            "well": dict(demo=True, env=CALM),
            "tight": dict(env=TIGHT),
            # An installation in two processes, one of which will go.
            "users": dict(services="users", folder="split"),
            "servers": dict(env={**SERVERS, "DATABASE_URL": database.url}),
            "small": dict(env=disk.env),
        }
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            started = pool.map(lambda way: keep(Program(home, way[0], **way[1])), ways.items())
            well, tight, users, servers, small = started
        rest = keep(Program(home, "rest", env=CALM, services=rest, folder="split"))
        other = keep(OtherVersion(well))
        programs = [well, tight, users, rest, servers, small]
        ports = [(os.path.basename(program.data), program.ops) for program in programs]
        prom = Prometheus(home, [*ports, ("well", other.port)])
        running.append(prom)
        say(f"{len(programs)} processes and Prometheus run after {time.time() - begin:.0f} s")
        all_is_well(prom, well, servers)
        other.differs = True
        prom.fires("StreamverseVersionsDiffer", "a process of another version")
        other.differs = False
        crowded(prom, tight)
        stuck(prom, well)
        late(prom, well)
        held_up(prom, well)
        behind(prom, well)
        away(prom, servers, database)
        disk.faults(prom, small)
        lost(prom, well)
        come_and_go(prom, tight)
        gone(prom, users, rest)
        for program in programs:
            program.stop(signal.SIGKILL)
        other.stop()
        prom.fires("StreamverseAbsent", "the end of all processes")
        for alert in sorted(set(alerts) - prom.fired - {BUGS}):
            wrong(f"no fault fires {alert}")
        say(f"{len(prom.fired)} of {len(alerts)} alerts were fired by their fault in a running system; {BUGS} by its unit test only")
    finally:
        for one in reversed(running):
            one.stop(signal.SIGKILL)
        if problems:
            say(f"logs are kept in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)


def all_is_well(prom, well, servers):
    """Every query of the dashboards has data, and nothing fires but that one installation works without its index."""
    begin, empty, token = time.time(), ["…"], well.register("ana@example.org")
    while empty and time.time() < begin + 60:
        traffic(well, token)
        time.sleep(1)
        empty = check_dashboards(prom)
    for query in empty:
        wrong(f"no data: {query}")
    say(f"{len(list(dashboards()))} queries of dashboards asked, {len(empty)} without data ({time.time() - begin:.0f} s)")
    # Six processes that start at once are busy for a while. The disk of this machine is its own affair.
    named = lambda one: re.sub("^Quick", "", one["metric"]["alertname"])
    of_others = lambda one: one["metric"].get("instance") != f"127.0.0.1:{servers.ops}"
    firing = lambda: {named(one) for one in prom.query('ALERTS{alertstate="firing"}') or [] if of_others(one)} - {"StreamverseDiskFillsUp"}
    end = time.time() + 60
    while (found := firing()) and time.time() < end:
        time.sleep(1)
    if found:
        wrong(f"alerts fire though all is well: {sorted(found)}")


def crowded(prom, full):
    """Slow passwords, all at once; more connections, requests and files than there may be."""
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        login = lambda n: ask(f"{full.url}/auth/login", {"email": f"nobody{n}@example.org", "password": "x" * 12})[0]
        end = time.time() + 12
        while time.time() < end:
            list(pool.map(login, range(12)))
    prom.fires("StreamverseRequestsCrowded", "more requests than there may be at once")
    prom.fires("StreamversePasswordsWait", "more passwords than can be hashed")
    idle = [socket.create_connection(("127.0.0.1", full.port)) for _ in range(19)]
    keep = time.time() + 15
    while time.time() < keep and not prom.firing("StreamverseConnectionsNearLimit"):
        for one in idle:
            try:
                one.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
                one.recv(4096)
            except OSError:
                pass
        time.sleep(0.5)
    prom.fires("StreamverseConnectionsNearLimit", "idle connections", 5)
    for one in idle:
        one.close()
    limits, open_files = resource.prlimit(full.child.pid, resource.RLIMIT_NOFILE), len(os.listdir(f"/proc/{full.child.pid}/fd"))
    resource.prlimit(full.child.pid, resource.RLIMIT_NOFILE, (open_files + 4, limits[1]))
    prom.fires("StreamverseOpenFilesNearLimit", "a limit that hardly allows what is open")
    resource.prlimit(full.child.pid, resource.RLIMIT_NOFILE, limits)


def stuck(prom, well):
    """Events, work and records that nothing comes of."""
    # Events and work that stick.
    well.sql(
        "users",
        "INSERT INTO outbox (event_id, topic, key, version, tenant, payload, created_at) SELECT randomblob(16), "
        "'no.such.topic', 'x', 1, tenant, payload, created_at FROM outbox LIMIT 1",
    )
    for kind, dead in (("late", "NULL"), ("dead", "1")):
        well.sql(
            "content",
            "INSERT INTO work_items (id, tenant, kind, key, asked, priority, payload, attempts, due_at, token, holder, "
            f"leased_until, created_at, dead_at, cause) VALUES (randomblob(16), 'default', 'no.such.{kind}', 'x', 1, 0, "
            f"x'', 0, strftime('%s') * 1000000 - 5000000, 0, '', 0, strftime('%s') * 1000000, {dead}, 'a test')",
        )
    # A record that a consumer has given up.
    headers = "json_set(headers, '$.\"dlq-group\"', 'search', '$.\"dlq-topic\"', 'content.changed', '$.\"dlq-partition\"', '0', "
    headers += "'$.\"dlq-offset\"', '0', '$.\"dlq-at\"', '1', '$.\"dlq-key\"', key, '$.\"dlq-tombstone\"', 'false', "
    headers += "'$.\"dlq-attempts\"', '5', '$.\"dlq-error\"', 'a test')"
    well.sql(
        "bus",
        f"INSERT INTO records SELECT 'content.changed.dlq', 0, 0, 'search/0/0', {headers}, payload, ts FROM records "
        "WHERE topic = 'content.changed' AND payload IS NOT NULL LIMIT 1",
        "UPDATE partitions SET next_offset = 1 WHERE topic = 'content.changed.dlq'",
    )
    prom.fires("StreamverseOutboxDeadLetters", "an event that the bus refuses")
    prom.fires("StreamverseDegraded", "the same", instance=f"127.0.0.1:{well.ops}")
    prom.fires("StreamverseWorkDead", "work that was given up")
    prom.fires("StreamverseWorkLate", "work that nobody does")
    prom.fires("StreamverseDeadLetters", "a record that a consumer gave up", 75)


def late(prom, well):
    """A job whose turn nobody could take, and one that fails each time."""
    well.sql(
        "streaming",
        "UPDATE clock_jobs SET next_at = (strftime('%s') - 900) * 1000000, leased_until = 0 WHERE name LIKE '%imports'",
    )
    prom.fires("StreamverseJobLate", "a turn that nobody took for a quarter of an hour", 90)
    well.sql("livetv", "ALTER TABLE channels RENAME TO channels_away")
    prom.fires("StreamverseJobFails", "a job without its table", 90)
    well.sql("livetv", "ALTER TABLE channels_away RENAME TO channels")


def held_up(prom, well):
    """Tables that somebody else holds."""
    # A bus that takes nothing.
    held = sqlite3.connect(os.path.join(well.data, "bus.db"), isolation_level=None, timeout=20)
    held.execute("BEGIN IMMEDIATE")
    end = time.time() + 12
    while time.time() < end:
        well.register(f"outbox-{time.time()}@example.org")
        time.sleep(1)
    held.execute("ROLLBACK")
    held.close()
    prom.fires("StreamverseOutboxStuck", "a bus that takes nothing")
    # A writer that does not let go.
    held = sqlite3.connect(os.path.join(well.data, "users.db"), isolation_level=None, timeout=20)
    held.execute("BEGIN IMMEDIATE")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        sign_up = lambda n: ask(
            f"{well.url}/auth/register",
            {"email": f"late{n}-{time.time()}@example.org", "password": "correct horse battery", "name": "Late"},
        )
        end = time.time() + 14
        while time.time() < end:
            list(pool.map(sign_up, range(8)))
    held.execute("ROLLBACK")
    held.close()
    prom.fires("StreamverseTablesWait", "a writer that does not let go")
    prom.fires("StreamverseAvailabilityBurnsFast", "the same, at the edge")
    prom.fires("StreamverseLatencyBurnsFast", "the same, at the edge")
    prom.fires("StreamverseAvailabilityBurnsSlowly", "the same, over days that are seconds here")
    prom.fires("StreamverseLatencyBurnsSlowly", "the same, over days that are seconds here")
    prom.fires("StreamverseServiceErrors", "the same, at the service")


def behind(prom, well):
    """More events than a consumer takes up, since its tables are held."""
    held = sqlite3.connect(os.path.join(well.data, "search.db"), isolation_level=None, timeout=20)
    held.execute("BEGIN IMMEDIATE")
    well.sql(
        "bus",
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1499) INSERT INTO records SELECT topic, "
        "partition, (SELECT next_offset FROM partitions p WHERE p.topic = one.topic AND p.partition = one.partition) + i, "
        "key, headers, payload, ts FROM n, (SELECT * FROM records WHERE topic = 'content.changed' AND payload IS NOT NULL "
        "ORDER BY offset DESC LIMIT 1) one",
        "UPDATE partitions SET next_offset = (SELECT max(offset) + 1 FROM records r WHERE r.topic = partitions.topic AND "
        "r.partition = partitions.partition) WHERE topic = 'content.changed' AND EXISTS (SELECT 1 FROM records r WHERE "
        "r.topic = partitions.topic AND r.partition = partitions.partition)",
    )
    prom.fires("StreamverseConsumerLag", "events that nobody can take up", 60)
    held.execute("ROLLBACK")
    held.close()


def away(prom, servers, database):
    """An index that does not answer, and tables that somebody holds."""
    token, end = servers.register("ana@example.org"), time.time() + 40
    while time.time() < end and not prom.firing("StreamverseSearchDegraded"):
        ask(f"{servers.url}/search/global?q=bars", token=token)
        time.sleep(0.2)
    prom.fires("StreamverseSearchDegraded", "an OpenSearch that is away", 5)
    holding = database.hold("users.users", 15)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        end = time.time() + 14
        while time.time() < end and not prom.firing("StreamverseStoreConnectionsUsedUp"):
            list(pool.map(lambda _: ask(f"{servers.url}/users/me", token=token), range(16)))
    prom.fires("StreamverseStoreConnectionsUsedUp", "a table that somebody holds", 5)
    holding.wait()


def lost(prom, well):
    """A file that somebody deletes under the program."""
    os.remove(os.path.join(well.data, "livetv.db"))
    prom.fires("StreamverseStorageLost", "a database that is deleted")
    prom.fires("StreamverseNotReady", "the same")


def come_and_go(prom, full):
    """A process that starts again and again, and one that is stopped."""
    for number in range(1, 4):
        full.stop(signal.SIGKILL)
        full.start()
        # On a busy machine it takes a while until Prometheus has seen it.
        seen = f'changes(process_start_time_seconds{{instance="127.0.0.1:{full.ops}"}}[1h]) >= {number}'
        prom.until(lambda: prom.query(seen) or None, f"start {number} is not seen", 30)
    prom.fires("StreamverseRestarts", "three starts")
    full.stop()
    prom.fires("StreamverseDown", "a process that is stopped")


def gone(prom, users, rest):
    """A service that is killed: whoever calls it stops calling."""
    token = rest.register("ana@example.org")
    users.stop(signal.SIGKILL)
    end = time.time() + 60
    while time.time() < end and not prom.firing("StreamverseBreakerOpen"):
        ask(f"{rest.url}/users/watchlist", token=token)
        time.sleep(0.3)
    prom.fires("StreamverseBreakerOpen", "a service that is killed", 5)
