"""A server that fails in one set way: faulty.py MODE PORT CHAIN KEY ADDRESS…

    reset-hello     resets the connection after the ClientHello
    reset-request   shakes hands, reads the request, resets the connection
    silent          shakes hands, reads the request, never answers
    close           shakes hands and closes before a word of the service's own

On SIGTERM it stops listening at once and leaves open what is open, so that no client sees its end.
"""

import asyncio
import signal
import socket
import ssl
import struct
import sys

LINGER_NOT = struct.pack("ii", 1, 0)


async def _handle(mode, tls, reader, writer):
    connection = writer.get_extra_info("socket")
    try:
        if mode == "reset-hello":
            await reader.read(1)
        else:
            await writer.start_tls(tls)
            if mode != "close":
                await reader.read(1)
        if mode == "silent":
            await asyncio.Event().wait()
        if mode.startswith("reset"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            writer.transport.abort()
        writer.close()
    except (OSError, ssl.SSLError):
        writer.transport.abort()


async def main(mode, port, chain, key, *addresses):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)
    server = await asyncio.start_server(
        lambda reader, writer: _handle(mode, tls, reader, writer), addresses, int(port))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()
    await asyncio.sleep(15)


asyncio.run(main(*sys.argv[1:]))
