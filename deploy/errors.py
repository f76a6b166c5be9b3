"""Why a stack cannot start. Each text is a whole sentence for the person at the terminal."""


class CannotStart(Exception):
    """The one that `python -m deploy.stack` turns into exit code 1."""


class BadSetting(CannotStart):
    """A variable holds something that cannot be meant."""


class ServerNotFound(CannotStart):
    """There is no mongod or nats-server on this machine."""


class PortTaken(CannotStart):
    """Another program listens where one of ours should."""


class DataInUse(CannotStart):
    """Another stack runs on the same data folder."""


class NotReady(CannotStart):
    """A child died again and again, or took too long."""
