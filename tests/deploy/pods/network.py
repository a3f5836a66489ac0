"""A bridge for pods, and the names that stand for them: what a network plugin and the cluster's DNS do."""
import os
import subprocess

BRIDGE, GATEWAY, PREFIX = "svpods0", "10.77.0.1", "10.77.1."


def sh(*command):
    subprocess.run(command, check=True, capture_output=True, text=True)


def up():
    down()
    sh("ip", "link", "add", BRIDGE, "type", "bridge")
    sh("ip", "addr", "add", f"{GATEWAY}/16", "dev", BRIDGE)
    sh("ip", "link", "set", BRIDGE, "up")


def down():
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    for line in listed.splitlines():
        if line.startswith("svpod-"):
            leave(line.split()[0])
    subprocess.run(["ip", "link", "del", BRIDGE], capture_output=True)


def join(number):
    """A network of its own for a pod; returns its name and address."""
    name, address = f"svpod-{number}", f"{PREFIX}{number}"
    sh("ip", "netns", "add", name)
    sh("ip", "link", "add", f"svp{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
    sh("ip", "link", "set", f"svp{number}", "master", BRIDGE, "up")
    for words in (["addr", "add", f"{address}/16", "dev", "eth0"], ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
        sh("ip", "-n", name, *words)
    return name, address


def leave(name):
    # The bridge's end first: the kernel takes its time with a network that goes.
    subprocess.run(["ip", "link", "del", name.replace("svpod-", "svp")], capture_output=True)
    subprocess.run(["ip", "netns", "del", name], capture_output=True)


class Names:
    """One file of hosts for all pods, written in place, because pods have it mounted."""

    # Its length never changes, so that nobody who looks up a name finds half of it.
    LENGTH = 4096

    def __init__(self, path, servers):
        self.path, self.servers, self.ready = path, servers, {}
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.write()

    def add(self, service, address):
        self.ready.setdefault(service, set()).add(address)
        self.write()

    def remove(self, service, address):
        self.ready.get(service, set()).discard(address)
        self.write()

    def write(self):
        lines = ["127.0.0.1 localhost", *(f"{GATEWAY} {name}" for name in self.servers)]
        for service, addresses in sorted(self.ready.items()):
            lines += [f"{address} {service}.tv.svc" for address in sorted(addresses)]
        os.pwrite(self.file, "\n".join(lines).ljust(self.LENGTH, "\n").encode(), 0)
