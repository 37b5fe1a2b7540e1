"""OpsCharter: the management regulation of an O&M services company, running."""

__version__ = "0.1.0"
