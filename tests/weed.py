"""A real S3 server on this machine, SeaweedFS, which tests may kill and start again on the same data."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from muniment.trust.vault.store import s3_client
from muniment.trust.vault.store.s3_client import Address

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "AKIDTESTS", "invented-for-the-tests", "eu-central-1", "muniment"
SECONDS = 180.0
MEMORY = Path("/dev/shm")


class Weed:
    """One server process with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.endpoint = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
        self.endpoint = f"http://127.0.0.1:{self._ports['s3']}"

    @property
    def address(self) -> Address:
        return Address(
            endpoint=self.endpoint, region=REGION, bucket=BUCKET, access_key=ACCESS_KEY, secret_key=SECRET_KEY
        )

    def settings(self, folder: Path) -> dict[str, Any]:
        """Return the settings of a portal that uses it; the keys are in a file in `folder`."""
        keys = folder / "s3-keys"
        keys.write_text(f"[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n")
        keys.chmod(0o600)
        return {
            "s3_endpoint": self.endpoint,
            "s3_region": REGION,
            "s3_bucket": BUCKET,
            "s3_credentials": keys,
        }

    def start(self) -> "Weed":
        """Start it, or start it again, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = self.folder / "s3.json"
        known = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
        keys.write_text(
            json.dumps(
                {"identities": [{"name": "tests", "credentials": [known], "actions": ["Admin", "Read", "Write"]}]}
            )
        )
        options = [
            *(f"-{name}.port={port}" for name, port in self._ports.items()),
            *(f"-{name}.port.grpc={free_port()}" for name in self._ports),
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-dir={self.folder}",
            "-filer",
            f"-filer.localSocket={self.folder}/filer.sock",
            "-s3",
            f"-s3.config={keys}",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=40",
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).with_name("weed")), "server", *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await()
        return self

    def kill(self) -> None:
        """End it as a loss of power would, as far as a process can tell."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def client(self) -> Any:
        """Return a way to look at what lies there."""
        return s3_client.connect(self.address)

    def keys(self, prefix: str = "") -> list[str]:
        """Return the names of all objects."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", ()))

    def uploads(self, prefix: str = "") -> list[str]:
        """Return the names that multipart uploads are under way to."""
        listed = self.client().list_multipart_uploads(Bucket=BUCKET, Prefix=prefix)
        return sorted(item["Key"] for item in listed.get("Uploads", ()))

    def get(self, key: str) -> bytes:
        body: bytes = self.client().get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def put(self, key: str, data: bytes) -> None:
        self.client().put_object(Bucket=BUCKET, Key=key, Body=data)

    def _await(self) -> None:
        deadline, client = time.monotonic() + SECONDS, self.client()
        where = {"LocationConstraint": REGION}
        while time.monotonic() < deadline:
            try:
                if BUCKET not in {one["Name"] for one in client.list_buckets()["Buckets"]}:
                    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
                client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
                assert client.get_object(Bucket=BUCKET, Key="ready")["Body"].read() == b"ready"
                client.delete_object(Bucket=BUCKET, Key="ready")
                return
            except Exception:  # noqa: BLE001 - whatever it says while it starts
                time.sleep(0.2)
        raise RuntimeError(f"the S3 server did not start:\n{(self.folder / 'log').read_text()[-3000:]}")


def place() -> Path:
    """Return a folder that is fast to write to, where the machine has one."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="mun-weed-", dir=MEMORY if MEMORY.is_dir() else None))


def remove(weed: Weed) -> None:
    weed.kill()
    shutil.rmtree(weed.folder, ignore_errors=True)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
