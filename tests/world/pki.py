"""Certificates made for one run: a root, an intermediate, and leaves right and wrong in set ways."""

import subprocess
from pathlib import Path

KEYS = {
    "ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "rsa": ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
    "forger": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],  # of whoever stands in for a server
}
AUTHORITY = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n"


def _openssl(*words, text=None):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, input=text)


class Pki:
    def __init__(self, folder, strangers=("stranger",)):
        """`strangers`: further roots, that nobody trusts, each NAME with its NAME-intermediate. What
        the folder holds already is kept."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for kind in KEYS:
            self._make_key(kind, kind)
        self.authorities = {}  # certificate → name of its key
        self._authority("root", "intermediate")
        for name in strangers:
            self._authority(name, f"{name}-intermediate")

    @property
    def root(self):
        return self.folder / "root.pem"

    def key(self, kind):
        """One key of each kind serves all servers; each authority, with its intermediate, has its own."""
        return self.folder / f"{kind}.key"

    def chain(self, names, kind, label="good", days=30, issuer="intermediate"):
        """The file with a leaf for `names` and its intermediate. Days < 0: expired; no issuer: signed
        by itself."""
        leaf = self.folder / f"{names[0]}-{kind}-{label}.pem"
        chain = leaf.with_suffix(".chain")
        if not chain.exists():
            alternatives = ",".join(f"DNS:{name}" for name in names)
            self._sign(leaf.stem, kind, issuer, f"subjectAltName={alternatives}\n", days)
            text = leaf.read_text()
            if issuer:
                text += (self.folder / f"{issuer}.pem").read_text()
            chain.with_suffix(".new").write_text(text)
            chain.with_suffix(".new").rename(chain)
        return chain

    def _make_key(self, name, kind):
        if not self.key(name).exists():
            _openssl("genpkey", "-algorithm", *KEYS[kind], "-out", self.key(name))

    def _authority(self, root, intermediate):
        self.authorities |= {root: root, intermediate: root}
        if (self.folder / f"{intermediate}.pem").exists():
            return
        self._make_key(root, "ecdsa")
        _openssl("req", "-x509", "-new", "-key", self.key(root), "-days", 30,
                 "-subj", f"/CN=test {root}", "-out", self.folder / f"{root}.pem")
        self._sign(intermediate, root, root, AUTHORITY, days=30)

    def _sign(self, name, kind, issuer, extensions, days):
        request, extras = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extras.write_text(extensions)
        _openssl("req", "-new", "-key", self.key(kind), "-subj", f"/CN={name[:60]}", "-out", request)
        signer = ["-signkey", self.key(kind)] if issuer is None else [
            "-CA", self.folder / f"{issuer}.pem", "-CAkey",
            self.key(self.authorities[issuer]), "-CAcreateserial"]
        _openssl("x509", "-req", "-in", request, *signer, "-days", days,
                 "-extfile", extras, "-out", self.folder / f"{name}.pem")
