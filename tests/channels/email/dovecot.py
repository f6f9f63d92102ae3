"""A private Dovecot: its own folder, port and users, nothing of the system's. Needs the package dovecot-
imapd.
"""

from __future__ import annotations

import atexit
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

PASSWORD = "rahasia"
CONFIG = """
base_dir = {run}
state_dir = {run}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login {mechanisms}
first_valid_uid = {uid}
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
{capability}
{more}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
  process_min_avail = 1
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def is_here() -> bool:
    return bool(shutil.which("dovecot"))


@dataclass
class Dovecot:
    """One that runs, with a mailbox for each address that signs in by the password."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @contextmanager
    def client(self, user: str = "sari@sahabat.example") -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=30) as client:
            client.login(user, PASSWORD)
            yield client

    def put(self, *mails: bytes, folder: str = "INBOX", user: str = "sari@sahabat.example") -> None:
        with self.client(user) as client:
            for mail in mails:
                client.append(folder, mail)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def new_folder() -> Path:
    """For one server, until the tests end. Not among pytest's, which nobody but their owner may enter."""
    made = Path(tempfile.mkdtemp(prefix="relasi-imap-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def start(
    folder: Path,
    *,
    users: tuple[str, ...],
    idle: bool = True,
    port: int = 0,
    more: str = "",
    mechanisms: str = "",
) -> Dovecot:
    """Listening on a port of its own. Works for root, who lends it an ordinary user, and for others."""
    is_root = os.geteuid() == 0
    user = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    run = folder / "run"
    for one in (folder, folder / "mail", run, run / "state"):
        one.mkdir(exist_ok=True, parents=True)
    if is_root:
        os.chown(folder / "mail", user.pw_uid, user.pw_gid)
        folder.chmod(0o711)
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        port = found.getsockname()[1]
    (folder / "users").write_text("".join(f"{one}:{PASSWORD}\n" for one in users))
    (folder / "users").chmod(0o644)
    capability = "" if idle else "imap_capability = IMAP4rev1 UIDPLUS"
    config = CONFIG.format(
        folder=folder, run=run, port=port, user=user.pw_name, uid=user.pw_uid, gid=user.pw_gid,
        group=_group(user.pw_gid), mechanisms=mechanisms, capability=capability, more=more,
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(config)
    process = subprocess.Popen(
        ["dovecot", "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    server = Dovecot(port, folder, process)
    _wait(server, users[0])
    return server


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _wait(server: Dovecot, user: str) -> None:
    for _each in range(100):
        if server.process.poll() is not None:
            raise RuntimeError(server.process.stderr.read().decode() if server.process.stderr else "")
        try:
            with server.client(user):
                return
        except Exception:
            time.sleep(0.05)
    log = server.folder / "log"
    raise RuntimeError(log.read_text() if log.exists() else "Dovecot does not answer")
