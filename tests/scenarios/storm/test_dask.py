"""A real Dask cluster gives the results of one process."""

from __future__ import annotations

from typing import Any

import distributed
import pytest

from scenarios.errors import UsageError
from scenarios.storm.settings import StormSettings
from scenarios.storm.workers import DaskCluster, here

CONTEXT = StormSettings().to_context()
BLOCKS = [(0, 2), (2, 4)]


@pytest.mark.filterwarnings("default")  # distributed's own, none of them about our code
def test_a_cluster_gives_the_same_results() -> None:
    expected = dict(here(CONTEXT, BLOCKS))

    local: Any = distributed.LocalCluster  # untyped
    with local(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        got = dict(DaskCluster(cluster.scheduler_address)(CONTEXT, BLOCKS))

    assert got == expected


@pytest.mark.filterwarnings("default")
def test_an_address_where_no_cluster_is_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match="no cluster answers there"):
        next(DaskCluster("tcp://127.0.0.1:9", timeout_s=1)(CONTEXT, [(0, 1)]))
