"""From the sources to what both clouds get: ``build/template.json``, ``build/functions.zip`` and one zip per layer.

The same sources always give the same bytes, so a deploy can tell from the hashes alone that nothing changed. Everything slow
(downloading packages, compiling them, cutting the fonts) is kept in ``build/cache`` under the hash of what it was made from;
after a change of code only our own files are compiled and added again.
"""

from infra.build.run import Build, build

__all__ = ["Build", "build"]
