"""ClientHellos made by hand, for shapes that no client of today sends."""


def _block(data, length):
    return len(data).to_bytes(length, "big") + data


def hello(name, esni=False, ech=False, alpn=()):
    """A ClientHello record for this server name, with the old and the new encrypted-name extension."""
    server_name = _block(b"\0" + _block(name.encode(), 2), 2)
    extensions = [(0, server_name), (10, _block(b"\0\x1d", 2)), (13, _block(b"\x04\x03\x08\x04", 2)),
                  (43, _block(b"\x03\x04", 1)), (51, _block(b"\0\x1d" + _block(b"\1" * 32, 2), 2))]
    if alpn:
        extensions.append((16, _block(b"".join(_block(p.encode(), 1) for p in alpn), 2)))
    if esni:
        extensions.append((0xFFCE, b"\2" * 64))
    if ech:
        extensions.append((0xFE0D, b"\3" * 64))
    listed = b"".join(kind.to_bytes(2, "big") + _block(data, 2) for kind, data in extensions)
    body = (b"\x03\x03" + b"\4" * 32 + _block(b"\5" * 32, 1) + _block(b"\x13\x01", 2) + b"\1\0" +
            _block(listed, 2))
    return b"\x16\x03\x01" + _block(b"\1" + _block(body, 3), 2)
