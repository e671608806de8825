"""The summit as an app on somebody's phone: its manifest, its worker, and what the device keeps."""
