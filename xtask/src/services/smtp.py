"""Writes each mail it takes to FOLDER/<number>.eml, envelope first; arguments: PORT FOLDER [TLS_PORT].

What a recipient's name begins with decides what becomes of the mail:
  refuse    550, for good                     later     451, each time
  greylist  451 the first time, then taken    drop      the connection ends in the middle of DATA the first time
  forget    the mail is taken, and the connection ends before anybody is told, the first time
A sender whose name begins with "blocked" gets 554 for every mail. On TLS_PORT nothing is taken before STARTTLS; the
certificate, which signed itself for "localhost", is FOLDER/ca.pem.
"""

import datetime
import ipaddress
import itertools
import os
import signal
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, syntax
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.numbers = itertools.count(1)
        self.seen = set()

    def first(self, rule, address):
        """A rule that holds the first time only."""
        if not address.startswith(rule) or address in self.seen:
            return False
        self.seen.add(address)
        return True

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("blocked"):
            return "554 5.7.1 this sender is not welcome"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later") or self.first("greylist", address):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        name = os.path.join(self.folder, f"{time.time_ns()}-{next(self.numbers)}")
        with open(name + ".part", "wb") as mail:
            mail.write(f"X-Envelope-From: {envelope.mail_from}\r\n".encode())
            for address in envelope.rcpt_tos:
                mail.write(f"X-Envelope-To: {address}\r\n".encode())
            mail.write(f"X-Envelope-TLS: {session.ssl is not None}\r\n".encode())
            mail.write(envelope.original_content or envelope.content)
        os.rename(name + ".part", name + ".eml")
        if any(self.first("forget", address) for address in envelope.rcpt_tos):
            server.transport.abort()
        return "250 2.0.0 taken"


class Server(SMTP):
    @syntax("DATA")
    async def smtp_DATA(self, arg):
        sink = self.event_handler
        if any(sink.first("drop", address) for address in self.envelope.rcpt_tos):
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Sinks(Controller):
    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


def self_signed(folder):
    """Key and certificate of localhost; the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the mail server of the tests")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    usage = [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = os.path.join(folder, "ca.key"), os.path.join(folder, "ca.pem")
    with open(key_file, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    with open(certificate_file, "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file


if __name__ == "__main__":
    port, folder, *tls_port = sys.argv[1:]
    sink = Sink(folder)
    controllers = [Sinks(sink, hostname="127.0.0.1", port=int(port))]
    for tls in tls_port:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self_signed(folder))
        secure = Sinks(sink, hostname="127.0.0.1", port=int(tls), tls_context=context, require_starttls=True)
        controllers.append(secure)
    for controller in controllers:
        controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    for controller in controllers:
        controller.stop()
