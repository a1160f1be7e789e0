"""Where things live. Tools that were fetched survive ``make reset``; data lives in a *home*, ``.local`` by default."""

from pathlib import Path

#: The repository.
ROOT = Path(__file__).resolve().parents[2]

#: Fetched tools (Node, DynamoDB Local, the mail catcher): never data.
TOOLS = ROOT / ".tools"

#: The user's own local stack.
DEFAULT_HOME = ROOT / ".local"
