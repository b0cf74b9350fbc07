"""What kafka-python's sources leave out of their tests, as far as tests against a broker that runs already need it."""


class ExternalService:
    """A broker that somebody else has started."""

    def __init__(self, host, port):
        self.host = host
        self.port = port

    def open(self):
        pass

    def stop(self):
        pass


class SpawnedService:
    """A broker of the tests' own: there is none."""
