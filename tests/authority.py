"""A time-stamp authority on this machine: openssl's, behind a small HTTP server."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIGURATION = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[stamping]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[serving]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,serverAuth
"""


class Authority:
    """Certificates of its own, and a way to stamp what it is asked to."""

    def __init__(self, folder: Path, *, purpose: str = "stamping", name: str = "Clockmakers") -> None:
        folder.mkdir()
        self.folder, self.certificate, self.signer = folder, folder / "ca.pem", folder / "tsa.pem"
        (folder / "serial").write_text("01\n")
        (folder / "configuration").write_text(CONFIGURATION.format(folder=folder))
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", name=name)
        signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30")
        self._openssl("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem", section=purpose)

    def _openssl(self, *arguments: str, section: str = "authority", name: str = "Time root") -> None:
        more: list[str] = []
        if arguments[0] == "req":
            more = ["-subj", f"/O={name}/CN={name}", "-config", "configuration"]
            more += ["-extensions", section, "-days", "30"] if "-x509" in arguments else []
        elif arguments[0] == "x509":
            more = ["-extfile", "configuration", "-extensions", section, "-CAcreateserial"]
        subprocess.run(["openssl", *arguments, *more], cwd=self.folder, check=True, capture_output=True)

    def stamp(self, query: bytes) -> bytes:
        """Return the answer to a time-stamp query."""
        (self.folder / "query").write_bytes(query)
        line = ["openssl", "ts", "-reply", "-config", "configuration", "-queryfile", "query", "-out", "reply"]
        subprocess.run(line, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply").read_bytes()


@contextmanager
def stamping(answer: Callable[[bytes], bytes], *, media_type: str = "application/timestamp-reply") -> Iterator[str]:
    """Serve `answer` until the block ends; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
