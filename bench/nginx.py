"""The peer: Debian's nginx with the portal's certificate, serving the same bytes and taking the same in by PUT."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from bench.launching import free_ports
from bench.portal import Address

CONFIGURATION = """
{user}
worker_processes 2;
daemon off;
pid {top}/nginx.pid;
error_log {top}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    default_type application/octet-stream;
    client_max_body_size 0;
    client_body_temp_path {top}/received;
    proxy_temp_path {top}/unused; fastcgi_temp_path {top}/unused; uwsgi_temp_path {top}/unused;
    scgi_temp_path {top}/unused;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.3;
        location / {{ root {top}/files; dav_methods PUT; create_full_put_path on; }}
    }}
}}
"""


class Nginx:
    """One nginx with two processes, as many as the portal's web server has."""

    def __init__(self, top: Path, tls: Path) -> None:
        """Take a directory of its own and the portal's directory of certificates."""
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise FileNotFoundError("nginx is not installed: apt-get install nginx-light")
        told = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stderr
        self.version = told.splitlines()[0].rpartition("/")[2]
        if "http_dav_module" not in told:
            raise FileNotFoundError("this nginx takes no PUT: apt-get install nginx-light")
        self.address = Address(free_ports(1)[0], tls / "authority.pem")
        self._files = top / "files"
        self._files.mkdir(parents=True)
        configuration = top / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        configuration.write_text(
            CONFIGURATION.format(
                user=user, top=top, port=self.address.port, certificate=tls / "server.pem", key=tls / "server.key"
            ),
            encoding="utf-8",
        )
        self._process = subprocess.Popen([program, "-p", str(top), "-c", str(configuration)])
        self._wait()

    @property
    def process_id(self) -> int:
        """The master's process id."""
        return self._process.pid

    def offer(self, name: str, size_bytes: int, content: bytes) -> None:
        """Serve a file made of `content` repeated up to `size_bytes`."""
        with (self._files / name).open("wb") as file:
            for start in range(0, size_bytes, len(content)):
                file.write(content[: size_bytes - start])

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _wait(self) -> None:
        for _ in range(250):
            try:
                self.address.connect(1.0).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise TimeoutError("nginx does not answer")
