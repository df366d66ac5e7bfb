"""A site is asked over TLS at the address that was looked up, and its certificate is checked against its name."""

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from marketplace import public_address

NAME = "www.chang-thong.example"


def certificate(name: str, folder) -> tuple[str, str]:
    """Files of a certificate for ``name`` that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    return str(files[0]), str(files[1])


@pytest.fixture
def served(tmp_path, monkeypatch):
    """``served(name)``: a TLS server on loopback with a certificate for ``name``, reached where 8.8.8.8 is connected to."""
    servers = []

    def serve(name: str) -> list[str]:
        chain, key = certificate(name, tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        asked_for: list[str] = []
        context.sni_callback = lambda sock, server_name, ctx: asked_for.append(server_name)
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def answer() -> None:
            try:
                connection, _address = server.accept()
                with context.wrap_socket(connection, server_side=True) as sock:
                    sock.recv(4096)
                    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            except OSError:
                pass  # the other side did not like the certificate

        threading.Thread(target=answer, daemon=True).start()

        def connect(address, timeout: float) -> socket.socket:
            asked_for.append(address)
            sock = socket.socket()
            sock.settimeout(timeout)
            sock.connect(server.getsockname())
            return sock

        rows = [(0, 0, 0, "", ("8.8.8.8", 443))]
        monkeypatch.setattr(public_address.socket, "getaddrinfo", lambda *args, **kwargs: rows)
        monkeypatch.setattr(public_address.socket, "create_connection", connect)
        trusting = ssl.create_default_context(cafile=chain)
        monkeypatch.setattr(public_address, "_tls", lambda: trusting)
        return asked_for

    yield serve
    for server in servers:
        server.close()


def ask():
    return public_address.ask("GET", f"https://{NAME}/x", headers={}, most_bytes=4, seconds=5)


def test_the_certificate_of_the_name_is_taken(served):
    asked_for = served(NAME)
    assert ask() == public_address.Answer(200, b"hell")
    assert asked_for == [("8.8.8.8", 443), NAME]


def test_a_certificate_of_another_name_is_not(served):
    served("www.evil.example")
    with pytest.raises(public_address.NoAnswer, match="SSLCertVerificationError"):
        ask()


def test_a_certificate_that_nobody_vouches_for_is_not(served, monkeypatch):
    whole_world = public_address._tls()
    served(NAME)
    monkeypatch.setattr(public_address, "_tls", lambda: whole_world)
    with pytest.raises(public_address.NoAnswer, match="SSLCertVerificationError"):
        ask()


def test_a_name_that_is_looked_up_for_ever_is_not_waited_for(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(public_address.socket, "getaddrinfo", lambda *args, **kwargs: over.wait(20) and [])
    with pytest.raises(public_address.NoAnswer, match="unknown host"):
        public_address.ask("GET", f"https://{NAME}/x", headers={}, seconds=0.3)
    over.set()
