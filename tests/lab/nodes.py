"""Reads a YAML tree by a grammar of small functions, and says of every fault where it stands.

A reader takes a node and returns its value, or raises Refusal. A mapping goes on after a refused key,
so that all faults of a file come in one go.
"""

import yaml


class Refusal(Exception):
    """One thing or several wrong with a file: [(line, column, key, why)], counted from 1."""

    def __init__(self, faults):
        super().__init__("; ".join(f"{line}:{column}: {key}: {why}" for line, column, key, why in faults))
        self.faults = faults


def refuse(node, why, key=""):
    mark = node.start_mark
    raise Refusal([(mark.line + 1, mark.column + 1, key, why)])


def compose(text, name):
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Refusal([(mark.line + 1, mark.column + 1, "yaml", error.problem)]) from None


def anything(node):
    """Whatever stands there, as YAML sees it."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def plain(node):
    """The value of a scalar as YAML sees it."""
    if not isinstance(node, yaml.ScalarNode):
        refuse(node, "is not a single value")
    return anything(node)


def scalar(convert):
    """A reader of one value through a function that raises ValueError with the reason."""
    def read(node):
        plain(node)  # refuses lists and mappings
        try:
            return convert(node.value)
        except ValueError as error:
            refuse(node, f"'{node.value}' {error}")
    return read


def typed(kind, words):
    def read(node):
        value = plain(node)
        if isinstance(value, bool) and kind is not bool or not isinstance(value, kind):
            refuse(node, f"'{node.value}' is not {words}")
        return value
    return read


text = scalar(str)
boolean = typed(bool, "true or false")
whole = typed(int, "a whole number")
number = typed((int, float), "a number")


def choice(*words):
    def read(node):
        value = plain(node)
        if str(value) not in words:
            refuse(node, f"'{node.value}' is none of {', '.join(words)}")
        return str(value)
    return read


def several(read_one):
    """A list; a single value stands for a list of one."""
    def read(node):
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [read_one(item) for item in items]
    return read


def sequence(read_one):
    def read(node):
        if not isinstance(node, yaml.SequenceNode):
            refuse(node, "is not a list")
        values, faults = [], []
        for item in node.value:
            try:
                values.append(read_one(item))
            except Refusal as refusal:
                faults += refusal.faults
        if faults:
            raise Refusal(faults)
        return values
    return read


def flat(read_one):
    """Several values, each of which reads as a list, as one list."""
    read_all = several(read_one)
    return lambda node: [value for values in read_all(node) for value in values]


def by_shape(scalar_reader=None, mapping_reader=None, sequence_reader=None):
    """Another reader for each shape of a node."""
    readers = {yaml.ScalarNode: scalar_reader, yaml.MappingNode: mapping_reader,
               yaml.SequenceNode: sequence_reader}
    names = {yaml.ScalarNode: "a value", yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list"}

    def read(node):
        reader = readers[type(node)]
        if reader is None:
            refuse(node, "must be " + " or ".join(n for k, n in names.items() if readers[k]))
        return reader(node)
    return read


def _under(key, faults):
    return [(line, column, f"{key}.{inner}".rstrip("."), why) for line, column, inner, why in faults]


def mapping(readers, required=(), any_key=None):
    """A mapping of known keys. A reader may be a pair (name in the result, reader). `any_key` reads
    the values of keys that are not fixed."""
    def read(node):
        if not isinstance(node, yaml.MappingNode):
            refuse(node, "is not a mapping")
        values, faults, seen = {}, [], set()
        for key_node, value_node in node.value:
            key = str(plain(key_node))
            entry = readers.get(key, any_key)
            try:
                if key in seen:
                    refuse(key_node, "stands here twice")
                seen.add(key)
                if entry is None:
                    refuse(key_node, f"is no key here; known: {', '.join(sorted(readers))}")
                name, reader = entry if isinstance(entry, tuple) else (key, entry)
                values[name] = reader(value_node)
            except Refusal as refusal:
                faults += _under(key, refusal.faults)
        for key in required:
            if key not in seen:
                mark = node.start_mark
                faults.append((mark.line + 1, mark.column + 1, key, "is missing"))
        if faults:
            raise Refusal(faults)
        return values
    return read
