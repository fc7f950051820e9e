"""An SSH server of one's own on this machine: its keys, its configuration, a free port."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
MISSING = "there is no sshd here; on Debian, `apt-get install openssh-server`"


@dataclass(slots=True)
class OwnSshd:
    """A server that lets in whoever has the key in its folder."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, folder: Path) -> "OwnSshd":
        """Start a server whose files lie in `folder`; the host is called `rented` in `config`."""
        assert SSHD is not None
        for name in ("host_key", "user_key"):
            keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(keygen, check=True)
        port = _free_port()
        _write_configurations(folder, port)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # privilege separation needs it
        with (folder / "sshd.log").open("ab") as log:
            command = [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        server = cls(folder, port, process)
        server._wait()
        return server

    @property
    def config(self) -> Path:
        return self.folder / "config"

    def kill(self) -> None:
        """End the server and every connection at once, as a machine that vanishes does."""
        for connection in self.connections():
            os.kill(connection, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def connections(self) -> list[int]:
        """The processes that hold connections."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def _wait(self) -> None:
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, (self.folder / "sshd.log").read_text()
            time.sleep(0.05)
        raise TimeoutError("sshd did not come up")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _write_configurations(folder: Path, port: int) -> None:
    (folder / "authorized").write_text((folder / "user_key.pub").read_text())
    host_key = " ".join((folder / "host_key.pub").read_text().split()[:2])
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    (folder / "sshd_config").write_text(
        f"""Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/authorized
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
"""
    )
    (folder / "config").write_text(
        f"""Host rented stranger
  HostName 127.0.0.1
  Port {port}
  User {getpass.getuser()}
  IdentityFile {folder}/user_key
  IdentitiesOnly yes
  IdentityAgent none
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
Host rented
  UserKnownHostsFile {folder}/known
Host stranger
  UserKnownHostsFile /dev/null
"""
    )
