"""Writes each mail it takes to FOLDER/<number>.eml, envelope first; arguments: PORT FOLDER.

A recipient whose name starts with "refuse" gets 550 (for good), one with "later" gets 451 (try again).
"""

import itertools
import os
import signal
import sys
import time

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        name = os.path.join(self.folder, f"{time.time_ns()}-{next(self.numbers)}")
        with open(name + ".part", "wb") as mail:
            mail.write(f"X-Envelope-From: {envelope.mail_from}\r\n".encode())
            for address in envelope.rcpt_tos:
                mail.write(f"X-Envelope-To: {address}\r\n".encode())
            mail.write(envelope.original_content or envelope.content)
        os.rename(name + ".part", name + ".eml")
        return "250 2.0.0 taken"


if __name__ == "__main__":
    port, folder = sys.argv[1:]
    controller = Controller(Sink(folder), hostname="127.0.0.1", port=int(port))
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()
