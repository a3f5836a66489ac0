"""A real Prometheus that scrapes running programs, and says which alerts fire."""

import json
import os
import re
import subprocess
import time
import urllib.parse

from program import ROOT, ask, free_port

FILES = os.path.join(ROOT, "helm/streamverse/files")
RULES = os.path.join(FILES, "alerts.yaml")
# Of these minutes cannot become seconds: jobs have their turns, processes start and tasks are started again in their own time.
LONG = ("process_start_time_seconds", "streamverse_job_failures_total", "streamverse_task_restarts_total")
problems = []


def say(text):
    print(f"[alerts] {text}", flush=True)


def wrong(text):
    problems.append(text)
    say(f"WRONG {text}")


def prometheus(program, *args):
    return [os.path.join(ROOT, "scripts/prometheus"), program, *args]


class Prometheus:
    """A real Prometheus that looks every second, with the rules as they are and, beside them, made impatient."""

    def __init__(self, home, targets):
        self.port, self.fired = free_port(), set()
        self.api = f"http://127.0.0.1:{self.port}/api/v1"
        text = open(RULES).read()
        # Minutes become seconds, but for what is long by its nature.
        quick = re.sub(r"\[(5m|15m|30m|1h|2h|6h|1d|3d)\]", "[20s]", re.sub(r"        for: \w+\n", "        for: 1s\n", text))
        for metric in LONG:
            quick = quick.replace(f"{metric}[20s]", f"{metric}[1h]")
        quick = re.sub(r"_oldest_age_seconds\) > 120|_oldest_due_seconds\) > 600", lambda m: m[0].split(">")[0] + "> 3", quick)
        quick = re.sub(r"(- name: |- alert: )(\w)", r"\1Quick\2", quick)
        quick = re.sub(r"streamverse:(\w+):", r"quick:\1:", quick)
        for name, body in (("rules.yaml", text), ("quick.yaml", quick)):
            open(os.path.join(home, name), "w").write(body)
        targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"namespace": name}} for name, port in targets]
        config = os.path.join(home, "prometheus.yaml")
        open(config, "w").write(
            "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n"
            f"rule_files: [{home}/rules.yaml, {home}/quick.yaml]\n"
            f"scrape_configs: [{{job_name: streamverse, static_configs: {json.dumps(targets)}}}]\n"
        )
        self.log = open(os.path.join(home, "prometheus.log"), "ab")
        # At first use it is made, which takes minutes and is no part of its start.
        subprocess.run(prometheus("prometheus", "--version"), stdout=self.log, stderr=self.log, check=True)
        self.child = subprocess.Popen(
            prometheus(
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={home}/tsdb",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ),
            stdout=self.log,
            stderr=self.log,
        )
        self.until(lambda: self.query("up") or None, "Prometheus does not start", 60)

    def query(self, expr):
        status, body = ask(f"{self.api}/query?{urllib.parse.urlencode({'query': expr})}")
        if status != 200:
            return None
        return json.loads(body)["data"]["result"]

    def until(self, wanted, complaint, patience=40):
        end = time.time() + patience
        while not (found := wanted()):
            if time.time() > end:
                wrong(complaint)
                return None
            time.sleep(0.5)
        return found

    def firing(self, alert, instance=None):
        found = self.query(f'ALERTS{{alertname="Quick{alert}", alertstate="firing"}}') or []
        return [one for one in found if instance is None or one["metric"].get("instance") in (None, instance)]

    def fires(self, alert, fault, patience=40, instance=None):
        begin = time.time()
        if self.until(lambda: self.firing(alert, instance), f"{alert} does not fire by {fault}", patience):
            say(f"{alert} fires by {fault} ({time.time() - begin:.0f} s)")
            self.fired.add(alert)

    def stop(self, _how=None):
        self.child.terminate()
        self.child.wait(30)
