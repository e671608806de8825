"""Rules and plans: clashes, local hours, speaking order, proposals. Frozen values in and out; no Flask, no
database.

`model` holds the problem, `conflicts` finds what clashes, `hours` reads local clocks, `order` and `sheet` say who
speaks when, `score` judges a plan by named rules, `greedy`, `running` and `solve` propose one, `explain` says why.
docs/planning.md tells a maintainer where each rule and weight stands.
"""
