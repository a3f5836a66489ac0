"""The image, without a builder: the program and the libraries that the Dockerfile lays beside it."""
import functools
import pathlib
import re
import shutil
import subprocess

# What the packages have that the Dockerfile names (libc6, libgcc-s1, libssl3); the program may need no other.
LIBRARIES = {
    *("libc.so.6", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0", "librt.so.1"),
    *("libcrypto.so.3", "libssl.so.3"),
}
# What the Dockerfile has built into the program (LIBZ_SYS_STATIC), and a build beside a system's zlib has not.
BUILT_IN = {"libz.so.1"}


@functools.cache
def variables():
    """What the image sets for whoever starts it, as its Dockerfile says."""
    text = (pathlib.Path(__file__).parents[3] / "Dockerfile").read_text()
    stage = text[text.index(" AS streamverse") :].split("\nFROM ")[0]
    return dict(re.findall(r"(STREAMVERSE_\w+)=(\S+)", stage))


def build(program, root):
    """Lays a root folder out as the image's; returns the libraries that the program needs."""
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    needed = {}
    for line in linked.splitlines():
        found = re.match(r"\s*(?:(\S+) => )?(/\S+) \(", line)
        if found:
            needed[found[1] or found[2]] = found[2]
    loader = [name for name in needed if name.startswith("/")]
    beyond = set(needed) - LIBRARIES - BUILT_IN - set(loader)
    if beyond:
        raise SystemExit(f"the image does not have {sorted(beyond)}")
    for name, path in needed.items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    for folder in ("usr/local/bin", "etc/ssl/certs", "etc/streamverse", "data", "tmp", "media", "proc", "dev"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(program, root / "usr/local/bin/streamverse")
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/ca-certificates.crt")
    etc = {
        "passwd": "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
        "group": "root:x:0:\nnonroot:x:65532:\n",
        "nsswitch.conf": "hosts: files dns\n",
        "host.conf": "multi on\n",
        "hosts": "",
        "resolv.conf": "",
    }
    for name, text in etc.items():
        (root / "etc" / name).write_text(text)
    return sorted(pathlib.Path(name).name for name in needed)
