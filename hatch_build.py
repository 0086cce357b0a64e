"""Reads the wheel's dependencies from requirements.txt, so that they are stated once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class PinnedDependencies(MetadataHookInterface):
    """Fills `project.dependencies` with the pinned lines of requirements.txt."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Adds the pins; comment lines are left out."""
        lines = Path(self.root, "requirements.txt").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
