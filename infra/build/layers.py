"""Lambda layers: what only some functions carry, each from its own list in ``infra/layers``; and ``fonts``, since Lambda has no
font at all.

The fonts are cut at build time from the variable Inter of ``fontpkg-inter``: two weights, and only the characters of European
languages, so that the layer stays small. They lie at ``python/clientela_fonts/*.ttf``, in a package of their own: a function
finds them with ``importlib.resources.files("clientela_fonts")``.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from infra.build import archive, dependencies

PACKAGED = ("pictures", "reporting", "tables", "typesetting")
"""Layers that are nothing but packages."""

WEIGHTS = {"Regular": 400, "SemiBold": 600}
"""The fonts made, by style name and weight."""

CHARACTERS = "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+2010-2026,U+2030,U+2039,U+203A,U+20AC,U+2122,U+2190-2193,U+2212,U+2264,U+2265"
"""Western and Central European letters, punctuation, currency, arrows and comparison signs."""

_CUT = """
import io, json, sys
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
source, folder, weights, characters = sys.argv[1:]
font = TTFont(source, recalcTimestamp=False)
options = subset.Options()
options.name_IDs = ["*"]  # without the names a renderer cannot tell the weights apart, and bold is lost
options.layout_features = ["kern", "liga", "tnum", "mark", "mkmk", "ccmp", "locl"]
options.recalc_timestamp = False
cutter = subset.Subsetter(options)
cutter.populate(unicodes=subset.parse_unicodes(characters))
cutter.subset(font)
small = io.BytesIO()
font.save(small)
for style, weight in json.loads(weights).items():
    font = TTFont(io.BytesIO(small.getvalue()), recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": float(weight), "opsz": 14.0})
    for record in list(font["name"].names):
        if record.nameID in (16, 17, 21, 22, 25):
            font["name"].removeNames(nameID=record.nameID)
    for identifier, text in {1: "Inter", 2: style, 4: f"Inter {style}", 6: f"Inter-{style}"}.items():
        font["name"].setName(text, identifier, 3, 1, 0x409)
    font["OS/2"].usWeightClass = int(weight)
    font.save(f"{folder}/Inter-{style}.ttf")
"""


def layer_zips(folder: Path, output: Path, cache: Path) -> tuple[Path, ...]:
    """Every layer, ``<name>.zip`` in ``output``."""
    layers = [_layer(name, folder / f"{name}.txt", output, cache) for name in PACKAGED]
    return (*layers, _fonts_layer(folder / "fonts.txt", output, cache))


def _layer(name: str, requirements: Path, output: Path, cache: Path) -> Path:
    """A layer of the packages of one list."""

    def fill(packages: Path) -> None:
        dependencies.install(["--no-deps", "--requirement", str(requirements)], packages)

    return _zipped(name, dependencies.cache_key(requirements.read_bytes()), fill, output, cache)


def _fonts_layer(requirements: Path, output: Path, cache: Path) -> Path:
    key = dependencies.cache_key(requirements.read_bytes(), _CUT, CHARACTERS, repr(WEIGHTS))
    return _zipped(
        "fonts", key, lambda packages: _fonts(requirements, packages / "clientela_fonts", cache), output, cache
    )


def _zipped(name: str, key: str, fill: Callable[[Path], None], output: Path, cache: Path) -> Path:
    """The layer ``name``, whose packages ``fill`` puts into a folder; made when the cache has none of this key."""
    kept, target = cache / f"layer-{name}-{key}.zip", output / f"{name}.zip"
    if not kept.exists():
        for old in cache.glob(f"layer-{name}-*"):
            old.unlink()
        tree = cache / f"tree-{name}"
        shutil.rmtree(tree, ignore_errors=True)
        fill(tree / "python")
        names = [str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()]
        names = [each for each in names if ".dist-info/" not in each or each.endswith("/METADATA")]
        compiled = archive.compile_tree(tree, [each for each in names if each.endswith(".py")])
        archive.write_zip(kept, [*(archive.Member(each, tree / each) for each in names), *compiled.values()])
        shutil.rmtree(tree)
    archive.write_if_changed(target, kept.read_bytes())
    return target


def _fonts(requirements: Path, destination: Path, cache: Path) -> None:
    """Cut the fonts into the new package ``destination``."""
    tools = cache / "font-tools"
    dependencies.install(["--no-deps", "--requirement", str(requirements)], tools)
    destination.mkdir(parents=True)
    (destination / "__init__.py").write_text('"""The fonts of reports: Inter, SIL Open Font License 1.1."""\n')
    shutil.copy(tools / "fontpkg_inter" / "LICENSE", destination / "LICENSE")
    cut_fonts(tools, destination)
    shutil.rmtree(tools)


def cut_fonts(packages: Path, folder: Path) -> None:
    """Write ``Inter-<style>.ttf`` to ``folder`` for every weight, by the fontTools and fontpkg_inter found in ``packages``."""
    source = packages / "fontpkg_inter" / "files" / "Inter[opsz,wght].ttf"
    arguments = [str(source), str(folder), json.dumps(WEIGHTS), CHARACTERS]
    subprocess.run([sys.executable, "-c", _CUT, *arguments], check=True, env={"PYTHONPATH": str(packages)})
