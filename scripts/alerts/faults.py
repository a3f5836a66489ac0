"""Faults that are made on purpose in running programs, each with the alerts that it has to fire."""

import concurrent.futures
import os
import resource
import signal
import socket
import sqlite3
import time

from program import ask


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


def unlike(prom, full):
    """A topic that somebody has given other partitions than the program makes: its consumer begins in vain."""
    full.stop()
    full.sql("bus", "UPDATE topics SET partitions = partitions + 1 WHERE name = 'search.retry'")
    full.start()
    prom.fires("StreamverseTaskRestarts", "a topic that somebody has changed")


def gone(prom, users, rest):
    """A service that is killed: whoever calls it stops calling."""
    token = rest.register("ana@example.org")
    users.stop(signal.SIGKILL)
    end = time.time() + 60
    while time.time() < end and not prom.firing("StreamverseBreakerOpen"):
        ask(f"{rest.url}/users/watchlist", token=token)
        time.sleep(0.3)
    prom.fires("StreamverseBreakerOpen", "a service that is killed", 5)
