"""Certificates made for one run: a root, an intermediate, and leaves right and wrong in set ways."""

import subprocess
from pathlib import Path

KEYS = {
    "ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "rsa": ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
}
AUTHORITY = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n"


def _openssl(*words, text=None):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, input=text)


class Pki:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for kind, algorithm in KEYS.items():
            _openssl("genpkey", "-algorithm", *algorithm, "-out", self.key(kind))
        for name in ("root", "stranger"):
            self._root(name)
        self._sign("intermediate", "ecdsa", "root", AUTHORITY, days=30)
        self._sign("stranger-intermediate", "ecdsa", "stranger", AUTHORITY, days=30)

    @property
    def root(self):
        return self.folder / "root.pem"

    def key(self, kind):
        """One key of each kind serves all certificates: what is tested is the chain, not the key."""
        return self.folder / f"{kind}.key"

    def chain(self, names, kind, label="good", days=30, issuer="intermediate"):
        """The file with a leaf for `names` and its intermediate. Days < 0: expired."""
        leaf = self.folder / f"{names[0]}-{kind}-{label}.pem"
        chain = leaf.with_suffix(".chain")
        if not chain.exists():
            alternatives = ",".join(f"DNS:{name}" for name in names)
            self._sign(leaf.stem, kind, issuer, f"subjectAltName={alternatives}\n", days)
            chain.write_text(leaf.read_text() + (self.folder / f"{issuer}.pem").read_text())
        return chain

    def _root(self, name):
        _openssl("req", "-x509", "-new", "-key", self.key("ecdsa"), "-days", 30,
                 "-subj", f"/CN=e2e {name}", "-out", self.folder / f"{name}.pem")

    def _sign(self, name, kind, issuer, extensions, days):
        request, extras = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extras.write_text(extensions)
        _openssl("req", "-new", "-key", self.key(kind), "-subj", f"/CN={name[:60]}", "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.folder / f"{issuer}.pem",
                 "-CAkey", self.key("ecdsa"), "-CAcreateserial", "-days", days,
                 "-extfile", extras, "-out", self.folder / f"{name}.pem")
