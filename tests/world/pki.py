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
    def __init__(self, folder, strangers=("stranger",)):
        """`strangers`: further roots, that nobody trusts, each NAME with its NAME-intermediate. What
        the folder holds already is kept."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for kind, algorithm in KEYS.items():
            if not self.key(kind).exists():
                _openssl("genpkey", "-algorithm", *algorithm, "-out", self.key(kind))
        self._authority("root", "intermediate")
        for name in strangers:
            self._authority(name, f"{name}-intermediate")

    @property
    def root(self):
        return self.folder / "root.pem"

    def key(self, kind):
        """One key of each kind serves all certificates: what is tested is the chain, not the key."""
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

    def _authority(self, root, intermediate):
        if (self.folder / f"{intermediate}.pem").exists():
            return
        _openssl("req", "-x509", "-new", "-key", self.key("ecdsa"), "-days", 30,
                 "-subj", f"/CN=test {root}", "-out", self.folder / f"{root}.pem")
        self._sign(intermediate, "ecdsa", root, AUTHORITY, days=30)

    def _sign(self, name, kind, issuer, extensions, days):
        request, extras = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extras.write_text(extensions)
        _openssl("req", "-new", "-key", self.key(kind), "-subj", f"/CN={name[:60]}", "-out", request)
        signer = ["-signkey", self.key(kind)] if issuer is None else [
            "-CA", self.folder / f"{issuer}.pem", "-CAkey", self.key("ecdsa"), "-CAcreateserial"]
        _openssl("x509", "-req", "-in", request, *signer, "-days", days,
                 "-extfile", extras, "-out", self.folder / f"{name}.pem")
