"""Ending tasks for sure."""

import asyncio


def wanted() -> bool:
    """Whether nobody has asked the current task to end; for the head of an endless loop.

    Until Python 3.12 `asyncio.wait_for`, which nats-py uses in every request, swallows a
    cancellation that comes together with the answer.
    """
    task = asyncio.current_task()
    return task is None or not task.cancelling()
