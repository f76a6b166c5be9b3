"""What operators are told of the metrics is what there is."""

import re

from prometheus_client import REGISTRY

from deploy.components import ROOT
from services.notifications.app import create_app as _notifications
from services.users.app import create_app as _users

_IMPORTED = (_users, _notifications)  # they bring metrics of their own


def test_the_page_for_operators_says_when_to_alarm_on_each_metric_and_invents_none() -> None:
    metrics = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in REGISTRY.collect()
        if metric.name.startswith("aula_")
    }
    page = (ROOT / "docs" / "operations.md").read_text()
    table = page.partition("## What to alarm on")[2].partition("\n## ")[0]
    assert set(re.findall(r"aula_[a-z_]+", table)) == metrics
