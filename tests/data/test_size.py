from __future__ import annotations

import numpy as np
import pandas as pd

from rebalancing.data.views import size


def test_each_economy_is_in_one_class_by_its_rank() -> None:
    gdp = pd.Series({f"E{rank:03d}": 1000.0 / rank for rank in range(1, 101)})
    shuffled = gdp.sample(frac=1, random_state=1)
    found = size.classes(shuffled)
    assert found.value_counts().to_dict() == {"large": 20, "middle": 60, "small": 20}
    assert found["E020"] == "large"
    assert found["E021"] == "middle"
    assert found["E081"] == "small"
    assert set(found) == set(size.WORDS)


def test_an_economy_without_gdp_has_no_class() -> None:
    found = size.classes(pd.Series({"A": 2.0, "B": np.nan}))
    assert found.to_dict() == {"A": "large"}
