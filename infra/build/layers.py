"""Lambda layers: ``reporting`` has resvg and the fonts for it, since Lambda has no font at all.

The fonts are cut at build time from the variable Inter of ``fontpkg-inter``: two weights, and only the characters of European
languages, so that the layer stays small. They lie at ``python/clientela_fonts/*.ttf``, in a package of their own: a function
finds them with ``importlib.resources.files("clientela_fonts")``. Tests do too, with ``build/layers/reporting/python`` on their path.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from infra.build import archive, dependencies

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


def reporting_zip(folder: Path, target: Path, cache: Path) -> Path:
    """The layer ``reporting`` at ``target``, and unpacked beside it in ``layers/reporting``."""
    lists = [(folder / name).read_bytes() for name in ("reporting.txt", "fonts.txt")]
    key = dependencies.cache_key(*lists, _CUT, CHARACTERS, repr(WEIGHTS))
    kept = cache / f"reporting-{key}.zip"
    unpacked = target.parent / "layers" / "reporting"
    if not kept.exists() or not unpacked.exists():
        for old in cache.glob("reporting-*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.rmtree(unpacked, ignore_errors=True)
        packages = unpacked / "python"
        dependencies.install(["--no-deps", "--requirement", str(folder / "reporting.txt")], packages)
        _fonts(folder / "fonts.txt", packages / "clientela_fonts", cache)
        names = [str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()]
        names = [name for name in names if ".dist-info/" not in name or name.endswith("/METADATA")]
        compiled = archive.compile_tree(unpacked, [name for name in names if name.endswith(".py")])
        archive.write_zip(kept, [*(archive.Member(name, unpacked / name) for name in names), *compiled.values()])
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
