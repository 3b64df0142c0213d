"""The grammar of a scenario's `censor:`: what people write, into what the censor program reads.

What is done here and not there: words of the world become addresses and names, times and sizes become
numbers in the censor's units, files of samples become lists. The meaning of every key stands in
censor/README.md.
"""

import units
from nodes import (boolean, by_shape, choice, flat, mapping, number, plain, refuse, scalar,
                   sequence, several, text, whole)

IN_PATH_ONLY = {"drop", "redirect", "throttle", "loss", "freeze", "delay_us", "strip", "rewrite"}
SAMPLES = 4000  # of a file of times: more would only make the censor's file long

span = scalar(units.span)
microseconds = scalar(units.microseconds)
milliseconds = scalar(units.milliseconds)
size = scalar(units.size)
share = scalar(units.share)


def _is_address(word):
    return word.replace("/", "").replace(".", "").isdigit() or ":" in word


def _lines(folder):
    """A reader of the path of a file, relative to the project, as its lines. A file that is not
    there is refused."""
    def read(node):
        path = folder / plain(node)
        if not path.is_file():
            refuse(node, f"there is no file {node.value}")
        return [line for line in path.read_text().split() if not line.startswith("#")]
    return read


class RuleGrammar:
    """The grammar for one scenario: `first` is the target that the word `target` means."""

    def __init__(self, plan, first, source):
        self.plan, self.first, self.source = plan, first, source
        self.rule = mapping({
            "name": text, "at": choice("access", "domestic", "border"), "enabled": boolean,
            "on_path": boolean, "match": self._match(), "act": self._acts(),
            "residual": self._residual()}, required=("name", "at", "match"))

    def read(self, node):
        rule = self.rule(node)
        rule["act"] = rule.get("act", [])
        forbidden = sorted({key for act in rule["act"] for key in act} & IN_PATH_ONLY)
        if rule.get("on_path") and forbidden:
            refuse(node, f"sees copies only (on_path), so it cannot {', '.join(forbidden)}", "act")
        if not rule["act"] and "residual" not in rule:
            refuse(node, "does nothing: neither `act` nor `residual`", "act")
        return rule

    # --- words of the world

    def _resolve(self, word):
        name, at, place = word.partition("@")
        return f"{self.first}{at}{place}" if name == "target" else word

    def address_list(self, node):
        word = self._resolve(str(plain(node)))
        found = self.plan.prefixes(word)
        if found is None:
            if not _is_address(word):
                refuse(node, f"'{word}' is neither an address nor a word of the world")
            found = [word]
        return found

    def host_name(self, node):
        word = self._resolve(str(plain(node)))
        return self.plan.host(word) or word

    # --- match

    def _match(self):
        ports = several(span)
        addresses = flat(self.address_list)
        names = several(self.host_name)
        flags = several(choice("syn", "synack", "data", "rst", "fin"))
        shapes = several(choice("tls", "http", "dns", "ssh", "smtp", "quic"))
        probability = by_shape(
            lambda node: {"p": share(node), "per": "flow"},
            mapping({"p": share, "per": choice("flow", "packet")}, required=("p",)))
        return mapping({
            "proto": choice("tcp", "udp", "icmp"),
            "family": whole,
            "direction": choice("out", "in"),
            "from": choice("client", "server"),
            "src": addresses, "dst": addresses, "host": addresses,
            "port": ports, "src_port": ports,
            "source_port": mapping({"above": choice("destination")}, required=("above",)),
            "flags": flags,
            "dns": mapping({"name": names, "type": several(text)}),
            "tls": mapping({"client_hello": boolean, "sni": names, "sni_not": names,
                            "sni_present": boolean, "esni": boolean, "ech": boolean,
                            "alpn": several(text), "reassemble": boolean}),
            "http": mapping({"host": names, "path": several(text), "keyword": several(text),
                             "reassemble": boolean}),
            "payload": mapping({"contains": several(text), "hex": text, "at": whole}),
            "looks": shapes, "looks_not": shapes,
            "flow": mapping({"packets": span, "bytes": span, "up": span, "down": span, "nth": span,
                             "first": boolean, "idle": ("idle_ms", scalar(
                                 lambda word: f">={units.milliseconds(word)}")),
                             "hash": mapping({"mod": whole, "is": whole, "of": whole},
                                             required=("mod", "is"))}),
            "tcp": mapping({"timestamps": boolean, "header": whole}),
            "length": span, "size": span,
            "probability": probability,
            "window": mapping({"from": ("from_ms", milliseconds), "to": ("to_ms", milliseconds),
                               "every": ("every_ms", milliseconds)}),
            "ramp": mapping({"from": number, "to": number, "over": ("over_ms", milliseconds),
                             "start": ("start_ms", milliseconds)}),
            "after": text})

    # --- acts

    def _delay(self):
        times = several(microseconds)

        def read(node):
            values = times(node)
            return values if len(values) > 1 else values[0]
        return read

    def _samples(self):
        lines = _lines(self.source)

        def read(node):
            values = [units.microseconds(f"{line}ms") for line in lines(node)]
            step = max(1, len(values) // SAMPLES)
            return values[::step]
        return read

    def _answers(self):
        listed = sequence(sequence(self._answer))

        def read(node):
            return [[word for words in answer for word in words] for answer in listed(node)]
        return read

    def _answer(self, node):
        return self.address_list(node)

    def _pool(self):
        lines = _lines(self.source)
        return lambda node: [[word] for word in lines(node)]

    def _injected(self, **more):
        return {"to": choice("client", "server", "both"), "count": whole,
                "delay": ("delay_us", self._delay()),
                "delay_file": ("delay_sample_us", self._samples()),
                "ttl": whole, "ip_id": whole, "df": boolean, **more}

    def _redirect(self, node):
        """ADDRESS, [ADDRESS]:PORT or a word of the world, with a port or without."""
        word = str(plain(node))
        name, _, port = word.rpartition(":")
        if name and port.isdigit() and (self.plan.prefixes(name) or name.count(":") == 0):
            word = name
        else:
            port = None
        found = self.plan.prefixes(self._resolve(word)) or ([word] if _is_address(word) else None)
        if found is None:
            refuse(node, f"'{word}' is neither an address nor a word of the world")
        return {"to": found, **({"port": int(port)} if port else {})}

    def _acts(self):
        reset = mapping(self._injected(flags=choice("R", "RA"), payload=text, seq_step=whole,
                                       window=several(whole)))
        dns = mapping({
            "answers": self._answers(), "pool": ("answers", self._pool()),
            "rcode": choice("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"),
            "ttl": whole, "copies": whole, "delay": ("delay_us", self._delay()),
            "delay_file": ("delay_sample_us", self._samples()), "ip_ttl": whole, "ip_id": whole,
            "df": boolean, "aa": boolean, "ra": boolean, "any_type": boolean})
        one = mapping({
            "drop": by_shape(choice("packet", "flow"), mapping({
                "what": choice("packet", "flow"), "direction": choice("out", "in", "both")})),
            "reset": reset,
            "fin": mapping(self._injected()),
            "icmp": mapping({"code": choice("admin", "host", "net", "port", "too_big"),
                             "from": flat(self.address_list), "mtu": whole}),
            "alert": mapping({"description": whole, "level": choice("fatal", "warning"),
                              "then": choice("fin", "reset", "none")}),
            "dns": dns,
            "http": mapping({"status": whole, "reason": text, "headers": mapping({}, any_key=text),
                             "body": text, "then": choice("fin", "reset", "none")}),
            "redirect": by_shape(self._redirect, mapping(
                {"to": flat(self.address_list), "port": whole}, required=("to",))),
            "throttle": mapping({
                "rate": ("rate_bps", scalar(units.bit_rate)), "burst": size, "queue": size,
                "mode": choice("policer", "shaper"), "per": choice("flow", "rule"),
                "direction": choice("out", "in", "both")}, required=("rate",)),
            "loss": share,
            "freeze": mapping({"after": size}, required=("after",)),
            "delay": ("delay_us", microseconds),
            "duplicate": mapping({"copies": whole, "delay": ("delay_us", microseconds)}),
            "strip": choice("starttls"),
            "rewrite": mapping({"from": text, "to": text}, required=("from", "to")),
            "pass": boolean})

        def read(node):
            acts = several(one)(node)
            for act in acts:
                if len(act) != 1:
                    refuse(node, "each act is a mapping with one key")
                rewrite = act.get("rewrite")
                if rewrite and len(rewrite["from"]) != len(rewrite["to"]):
                    refuse(node, "`from` and `to` differ in length", "rewrite")
            return acts
        return read

    def _residual(self):
        return mapping({"tuple": whole, "for": ("for_ms", milliseconds), "rearm": boolean,
                        "delay": ("delay_us", microseconds), "match": self._match(),
                        "act": self._acts()}, required=("tuple", "for", "act"))
