"""The participants' list at the organisers' desk: looked at, issued in revisions, compared, printed, taken along."""
