"""`kubectl` for the commands of a page: what they say is done to the processes that stand for pods.

A page's commands are run by bash as they are written; only this program is another one. It takes `exec deploy/…`,
`rollout restart` and `rollout status` of a release's Deployments, and `apply -f -` of a Secret. `create
--dry-run=client` asks nobody, so the real kubectl does it.
"""
import base64
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import threading
import traceback

import yaml

CLIENT = """#!{python}
import json, socket, sys
words = sys.argv[1:]
typed = sys.stdin.read() if "-" in words or "-i" in words else ""
with socket.socket(socket.AF_UNIX) as way:
    way.connect({path!r})
    way.sendall(json.dumps([words, typed]).encode())
    way.shutdown(socket.SHUT_WR)
    code, out, errors = json.loads(b"".join(iter(lambda: way.recv(65536), b"")))
sys.stdout.write(out)
sys.stderr.write(errors)
sys.exit(code)
"""


class Page:
    """A page whose commands are run, one section after the other."""

    def __init__(self, path, cluster, restart, real, work, variables):
        self.text = pathlib.Path(path).read_text()
        self.cluster, self.restart, self.real = cluster, restart, real
        bin = work / "bin"
        bin.mkdir()
        at = str(work / "kubectl.sock")
        client = bin / "kubectl"
        client.write_text(CLIENT.format(python=sys.executable, path=at))
        client.chmod(0o755)
        self.env = {"PATH": f"{bin}:{os.environ['PATH']}", **variables}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(at)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def commands(self, heading):
        section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", self.text, re.M | re.S)
        if not section:
            raise SystemExit(f"the page has no section {heading!r}")
        return re.findall(r"^```sh\n(.*?)^```$", section[1], re.M | re.S)

    def run(self, heading, block=0):
        """Does what a block of a section says; returns what it printed."""
        script = "set -euo pipefail\n" + self.commands(heading)[block]
        done = subprocess.run(["bash", "-c", script], env=self.env, capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise SystemExit(f"{heading}: ended with {done.returncode}\n{script}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def serve(self):
        while True:
            way, _ = self.listener.accept()
            words, typed = json.loads(b"".join(iter(lambda: way.recv(65536), b"")))
            try:
                answer = self.answer(words, typed)
            except BaseException:
                answer = 1, "", traceback.format_exc()
            way.sendall(json.dumps(answer).encode())
            way.close()

    def answer(self, words, typed):
        if words[:1] == ["-n"]:
            words = words[2:]
        if words[0] == "create" and "--dry-run=client" in words:
            done = subprocess.run([self.real, *words], env={"KUBECONFIG": "/dev/null", "HOME": "/nonexistent"}, capture_output=True, text=True)
            return done.returncode, done.stdout, done.stderr
        if words == ["apply", "-f", "-"]:
            secret = yaml.safe_load(typed)
            if secret["kind"] != "Secret":
                return 1, "", f"only Secrets are taken here, not {secret['kind']}\n"
            held = {key: base64.b64decode(value).decode() for key, value in secret.get("data", {}).items()}
            self.cluster.secrets[secret["metadata"]["name"]] = held
            return 0, f"secret/{secret['metadata']['name']} configured\n", ""
        if words[0] == "exec":
            target, command = next(word for word in words if word.startswith("deploy/")), words[words.index("--") + 1 :]
            named = target.removeprefix("deploy/")
            deployments = self.cluster.of("Deployment")
            component = next(one["metadata"]["labels"]["app.kubernetes.io/component"] for one in deployments if one["metadata"]["name"] == named)
            pod = next(pod for pod in self.cluster.pods if pod.component == component)
            if command[0] != "/usr/local/bin/streamverse":
                return 1, "", f"the image has no {command[0]}\n"
            done = pod.exec(command[1:], typed)
            return done.returncode, done.stdout, done.stderr
        if words[:3] == ["rollout", "restart", "deployment"]:
            # One Deployment after the other, and all of it before this returns; a cluster does them at once.
            self.restart()
            return 0, "".join(f"deployment.apps/{one['metadata']['name']} restarted\n" for one in self.cluster.of("Deployment")), ""
        if words[:3] == ["rollout", "status", "deployment"]:
            return 0, "".join(f"deployment \"{one['metadata']['name']}\" successfully rolled out\n" for one in self.cluster.of("Deployment")), ""
        return 1, "", f"not known here: kubectl {shlex.join(words)}\n"
