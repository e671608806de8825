"""The agenda within other sites: the page for their frames, and the page that gives the code to copy."""
