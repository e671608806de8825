"""The manifests of vehicles, for those who look after visits."""
