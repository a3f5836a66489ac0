"""An installation on a small disk of its own, with certificates and a clock that can be set: what fires when the disk is
full, a certificate ends or cannot be used, or the clock jumps."""

import os
import subprocess
import time

from program import ask

# An installation takes about a fifth of it.
SIZE = "size=96m"
LIBRARY = "/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1"


def as_root(*command):
    subprocess.run([*([] if os.geteuid() == 0 else ["sudo", "-n"]), *command], check=True, stdout=subprocess.DEVNULL)


def faketime():
    """Finds the library that sets the clock of one process, or installs Debian's."""
    library = LIBRARY.format(os.uname().machine)
    if not os.path.exists(library):
        as_root("apt-get", "install", "-y", "-qq", "--no-install-recommends", "libfaketime")
    return library


class Disk:
    def __init__(self, at):
        self.at, self.files = at, at + "-files"
        os.makedirs(at)
        os.makedirs(self.files)
        as_root("mount", "-t", "tmpfs", "-o", f"{SIZE},mode=0700,uid={os.geteuid()}", "streamverse-alerts", at)
        self.certificate, self.key = (os.path.join(self.files, name) for name in ("edge.crt", "edge.key"))
        self.certify(90)
        self.clock = os.path.join(self.files, "clock")
        self.set_clock(0)
        self.env = {
            "STREAMVERSE_EDGE__RATES__ENABLED": "false",
            "STREAMVERSE_EDGE__TLS__CERTIFICATE": self.certificate,
            "STREAMVERSE_EDGE__TLS__KEY": self.key,
            "LD_PRELOAD": faketime(),
            "FAKETIME_TIMESTAMP_FILE": self.clock,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def certify(self, days):
        new = self.certificate + ".new"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost".split()
        command += ["-addext", "subjectAltName=IP:127.0.0.1", "-days", str(days), "-keyout", self.key, "-out", new]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        os.rename(new, self.certificate)

    def set_clock(self, seconds):
        with open(self.clock + ".new", "w") as file:
            file.write(f"{seconds:+d}\n")
        os.rename(self.clock + ".new", self.clock)

    def fill(self):
        with open(os.path.join(self.at, "filler"), "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass

    def faults(self, prom, small):
        instance = f"127.0.0.1:{small.ops}"
        self.certify(3)
        prom.fires("StreamverseCertificateExpires", "a certificate of three days", 60)
        with open(self.certificate, "w") as file:
            file.write("no certificate")
        prom.fires("StreamverseCertificateNotTaken", "a file that is none", 60)
        self.fill()
        end = time.time() + 20
        while time.time() < end and not prom.firing("StreamverseStorageFull"):
            ask(
                f"{small.url}/auth/register",
                {"email": f"full-{time.time()}@example.org", "password": "correct horse battery", "name": "Ana"},
            )
            time.sleep(0.5)
        prom.fires("StreamverseStorageFull", "a disk that is full")
        prom.fires("StreamverseDiskFillsUp", "the same", instance=instance)
        os.remove(os.path.join(self.at, "filler"))
        self.set_clock(7200)
        prom.fires("StreamverseClockJumped", "a clock that is set two hours ahead", 60)
        self.set_clock(0)

    def stop(self, _how=None):
        as_root("umount", "-l", self.at)
