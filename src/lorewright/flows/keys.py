"""The operator's key, and the signers that the operator knows: files outside any workspace."""

import json
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import NotFound, Refused, StorageError, Unreadable, UsageError
from lorewright.release import PublicKey, SigningKey, public_key_from_pem, read_object

OWN_NAME = "you"
"""What the operator's own key is called."""
_KEYID = re.compile(r"[0-9a-f]{64}")
_LARGEST = 1_000_000


class Signer(NamedTuple):
    """Somebody whose signatures are known."""

    name: str
    key: PublicKey


class KeyRing:
    """What lies in the folder `lorewright/keys` of the user's configuration."""

    def __init__(self, folder: Path | None = None) -> None:
        configured = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        self.folder = folder or Path(configured) / "lorewright" / "keys"

    @property
    def signing_file(self) -> Path:
        """The private key."""
        return self.folder / "signing.pem"

    @property
    def signers_file(self) -> Path:
        """The known signers."""
        return self.folder / "signers.json"

    def own(self) -> SigningKey | None:
        """The operator's key; None before the first release.

        Raises:
            Refused: when others may read it.
            Unreadable: when the file is no key.
        """
        if not self.signing_file.exists():
            return None
        if stat.S_IMODE(self.signing_file.stat().st_mode) & 0o077:
            raise Refused(
                "others may read the private key, so its signature would prove nothing",
                where=str(self.signing_file),
                hint=f"if nobody did: chmod 600 {self.signing_file}",
            )
        try:
            return SigningKey.from_pem(self.signing_file.read_bytes())
        except Unreadable as error:
            error.where = str(self.signing_file)
            raise

    def own_or_new(self) -> SigningKey:
        """The operator's key, made now if there is none; readable by nobody else."""
        found = self.own()
        if found is not None:
            return found
        key = SigningKey.new()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.signing_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(key.as_pem())
        except FileExistsError:
            return self.own_or_new()  # another process was quicker
        except OSError as error:
            raise StorageError.from_system(
                error, doing="a key cannot be kept", where=str(self.folder)
            ) from error
        return key

    def signers(self) -> list[Signer]:
        """Everybody who is known, the operator first."""
        own = self.own()
        return [*([Signer(OWN_NAME, own.public)] if own else []), *self._trusted()]

    def known_as(self, keyid: str) -> str | None:
        """The name of the signer with this key; None for a stranger."""
        return next((one.name for one in self.signers() if one.key.keyid == keyid), None)

    def trust(self, key: PublicKey, *, name: str) -> Signer:
        """Know `key` as that of `name` from now on.

        Raises:
            UsageError: when the name, or the key, stands for somebody else.
        """
        known = self.signers()
        for one in known:
            if (one.name == name) != (one.key == key):
                raise UsageError(
                    f"{one.name} is known already, with the key {one.key.keyid}",
                    hint=f"forget it first with `lorewright key --forget {one.key.keyid}`",
                )
        signer = Signer(name, key)
        if signer not in known:
            self._write([*self._trusted(), signer])
        return signer

    def forget(self, keyid: str) -> Signer:
        """Know this key no longer.

        Raises:
            NotFound: when it is not known.
        """
        trusted = self._trusted()
        found = next((one for one in trusted if one.key.keyid == keyid), None)
        if found is None:
            raise NotFound(
                f"no signer with the key {keyid[:100]} is known",
                hint="`lorewright key` lists those there are",
            )
        self._write([one for one in trusted if one is not found])
        return found

    def keyid_of(self, named: str) -> str:
        """The key that `named` means: 64 digits, the name of a known signer, or a key file.

        Raises:
            NotFound: when it means none.
        """
        if _KEYID.fullmatch(named):
            return named
        for one in self.signers():
            if one.name == named:
                return one.key.keyid
        if Path(named).is_file():
            return read_public_key(Path(named)).keyid
        raise NotFound(
            f"{named[:100]!r} is no key",
            hint="name a public key file, a key's 64 digits, or a signer that `lorewright key` "
            "lists",
        )

    def _trusted(self) -> list[Signer]:
        if not self.signers_file.exists():
            return []
        try:
            rows = read_object(self.signers_file.read_bytes(), what="the list of signers")
            return [
                Signer(row["name"], public_key_from_pem(row["key"].encode()))
                for row in rows["signers"]
            ]
        except (KeyError, TypeError, AttributeError, Unreadable) as error:
            raise Unreadable(
                "the list of known signers cannot be read",
                where=str(self.signers_file),
                hint="mend it, or delete it and trust each signer again",
            ) from error

    def _write(self, signers: list[Signer]) -> None:
        rows = [{"name": one.name, "key": one.key.as_pem().decode()} for one in signers]
        unfinished = self.signers_file.with_suffix(".unfinished")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.write_text(json.dumps({"signers": rows}, indent=1) + "\n", encoding="utf-8")
            unfinished.rename(self.signers_file)
        except OSError as error:
            raise StorageError.from_system(
                error, doing="the list of signers cannot be kept", where=str(self.folder)
            ) from error


def read_public_key(file: Path) -> PublicKey:
    """The key in a file such as `key.pub` of a release.

    Raises:
        Unreadable: when it holds anything else.
    """
    try:
        with file.open("rb") as handle:
            return public_key_from_pem(handle.read(_LARGEST))
    except Unreadable as error:
        error.where = str(file)
        raise
    except OSError as error:
        raise StorageError.from_system(
            error, doing="the key cannot be read", where=str(file)
        ) from error
