"""What stacks are given that run beside other tests, on a machine that all of them keep busy."""

# Seconds without a word from NATS after which gateways refuse tokens: by default one, which is less
# than any process may have to wait for its turn.
GRACE = 10.0
PATIENT = {"AULA_REVOCATION_GRACE": str(GRACE)}
