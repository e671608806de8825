"""Who goes on which site visit: whole parties with ranked wishes, vehicles with seats. Frozen values in and out.

`model` holds the question and the answer, `deciding.allocate` answers, `report` counts. What is minimised stands in
`model.Signature`; `flow` is the exact method for people who may be parted, `rounding` makes whole parties of it,
`exact` looks at everything where there is little, `fairness` shares out what is left equal, `reasons` says why not.
"""
