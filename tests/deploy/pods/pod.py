"""A pod: one process with exactly what its manifest says, in a network and a file system of its own."""
import json
import os
import pathlib
import shlex
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import image, network

PATIENCE = 240


class Pod:
    def __init__(self, number, deployment, cluster):
        self.number, self.cluster = number, cluster
        self.component = deployment["metadata"]["labels"]["app.kubernetes.io/component"]
        self.spec = deployment["spec"]["template"]["spec"]
        self.container = self.spec["containers"][0]
        self.netns, self.address = network.join(number)
        self.folder = cluster.work / f"pod-{number}"
        self.root = self.folder / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log"

    def environment(self):
        """The image's and the container's variables, with references to Secrets as the kubelet resolves them."""
        made = image.variables()
        for one in self.container["env"]:
            source = one.get("valueFrom", {}).get("secretKeyRef")
            made[one["name"]] = self.cluster.secrets[source["name"]][source["key"]] if source else one["value"]
        return made

    def mounts(self):
        """What the kubelet mounts, as shell commands."""
        yield f"mount --bind {self.cluster.image} {self.root}"
        if self.container["securityContext"]["readOnlyRootFilesystem"]:
            yield f"mount -o remount,ro,bind {self.root}"
        volumes = {volume["name"]: volume for volume in self.spec["volumes"]}
        user = self.container["securityContext"]["runAsUser"]
        for mount in self.container["volumeMounts"]:
            volume, at = volumes[mount["name"]], f"{self.root}{mount['mountPath']}"
            if "emptyDir" in volume:
                yield f"mount -t tmpfs -o uid={user},gid={user},mode=0700 tmpfs {at}"
            elif "persistentVolumeClaim" in volume:
                claim = self.cluster.claim(volume["persistentVolumeClaim"]["claimName"], user)
                yield f"mount --bind {claim} {at}"
            elif "configMap" in volume:
                yield f"mount --bind {self.cluster.config(volume['configMap']['name'])} {at}"
        yield f"mount --bind {self.cluster.names.path} {self.root}/etc/hosts"
        yield f"mount -t proc proc {self.root}/proc"

    def inside(self, args):
        """The command line of the program in this pod."""
        of = self.container["securityContext"]
        return ["chroot", f"--userspec={of['runAsUser']}:{of['runAsGroup']}", str(self.root), "/usr/local/bin/streamverse", *args]

    def start(self):
        script = "set -e\n" + "\n".join(self.mounts()) + f"\nexec {shlex.join(self.inside(self.container['args']))}\n"
        command = ["ip", "netns", "exec", self.netns, "unshare", "--mount", "--propagation", "private", "sh", "-c", script]
        env = {"PATH": os.environ["PATH"], **self.environment()}
        # Its own session: a signal to the test does not end it, the test does.
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log.open("w"), start_new_session=True)
        self.began = time.monotonic()
        return self

    def exec(self, args, text=""):
        """As `kubectl exec -i`."""
        command = ["nsenter", "-t", str(self.process.pid), "-n", "-m", "--", *self.inside(args)]
        env = {"PATH": os.environ["PATH"], **self.environment()}
        return subprocess.run(command, env=env, input=text, capture_output=True, text=True, timeout=60)

    def ask(self, path, port=9464):
        """Status and body of an answer of the operators' port."""
        try:
            with urllib.request.urlopen(f"http://{self.address}:{port}{path}", timeout=4) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError as cause:
            return 0, str(cause)

    def is_ready(self):
        """The readiness probe of the manifest."""
        return self.ask(self.container["readinessProbe"]["httpGet"]["path"])[0] == 200

    def became_ready(self):
        """Asks once; ends the test where the process has ended, or is not ready for too long."""
        if self.is_ready():
            self.took = time.monotonic() - self.began
            return True
        if self.process.poll() is not None:
            raise SystemExit(f"{self}: ended with {self.process.returncode}:\n{self.complaints()}")
        if time.monotonic() > self.began + PATIENCE:
            raise SystemExit(f"{self}: not ready: {self.ask('/ready')}\n{self.complaints()}")
        return False

    def peers(self):
        """Services elsewhere that the process has asked the way to, as its metrics name their checks."""
        _, text = self.ask("/metrics")
        marks = [line.split('check="peers.')[1].split('"')[0] for line in text.splitlines() if 'check="peers.' in line]
        return {mark for mark in marks if mark != "given_up"}

    def calls(self):
        """Calls that its services have answered."""
        _, text = self.ask("/metrics")
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("streamverse_rpc_calls_total"))

    def terminate(self):
        """As the kubelet: SIGTERM, and SIGKILL after the grace period. Returns the exit status and the seconds."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(self.spec["terminationGracePeriodSeconds"])
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        network.leave(self.netns)
        return status, time.monotonic() - begun

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        network.leave(self.netns)

    def complaints(self):
        lines = []
        for line in self.log.read_text().splitlines():
            try:
                if json.loads(line)["level"] in ("WARN", "ERROR"):
                    lines.append(line)
            except (ValueError, KeyError):
                lines.append(line)
        return "\n".join(lines[-20:])

    def __str__(self):
        return f"{self.component} ({self.address})"


class Cluster:
    """What pods share: the image, names, Secrets, ConfigMaps and claims."""

    def __init__(self, work, image, objects, secrets, servers):
        self.work, self.image, self.secrets = pathlib.Path(work), image, secrets
        self.objects = objects
        self.names = network.Names(self.work / "hosts", servers)
        self.pods, self.number, self.release = [], 10, 1

    def upgrade(self, image, objects):
        """Pods that are started from now on are of another release; those that run stay what they are."""
        self.image, self.objects, self.release = image, objects, self.release + 1

    def of(self, kind):
        return [one for one in self.objects if one["kind"] == kind]

    def config(self, name):
        folder = self.work / f"config-{self.release}" / name
        if folder.exists():
            return folder
        folder.mkdir(parents=True)
        data = next(one["data"] for one in self.of("ConfigMap") if one["metadata"]["name"] == name)
        for key, text in data.items():
            (folder / key).write_text(text)
        return folder

    def claim(self, name, user):
        folder = self.work / "claims" / name
        if not folder.exists():
            folder.mkdir(parents=True)
            os.chown(folder, user, user)
        return folder

    def service(self, component):
        """The Service that callers look up, by its selector."""
        for one in self.of("Service"):
            if one["spec"]["selector"]["app.kubernetes.io/component"] == component and not one["metadata"]["name"].endswith("-ops"):
                return one["metadata"]["name"]

    def run(self, deployment):
        self.number += 1
        pod = Pod(self.number, deployment, self).start()
        self.pods.append(pod)
        return pod

    def admit(self, *pods):
        """Ready pods are among the endpoints of their Service; in whatever order they become it."""
        waiting = list(pods)
        while waiting:
            for pod in [pod for pod in waiting if pod.became_ready()]:
                self.names.add(self.service(pod.component), pod.address)
                waiting.remove(pod)
            time.sleep(0.2)

    def dismiss(self, pod):
        """A pod that is deleted leaves the endpoints at once, and is told to end."""
        self.names.remove(self.service(pod.component), pod.address)
        self.pods.remove(pod)
        return pod.terminate()
