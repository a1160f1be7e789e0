"""The zips: what they hold, and that they depend on nothing else."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.build import archive, dependencies, layers

PROJECT = Path(__file__).parents[2]


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as opened:
        return opened.namelist()


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Stands for the zip of all dependencies."""
    source = tmp_path / "some_package.py"
    source.write_text("VALUE = 1\n")
    target = tmp_path / "packages.zip"
    archive.write_zip(target, [archive.Member("some_package.py", source)])
    return target


class TestArchive:
    def test_the_same_files_give_the_same_bytes(self, tmp_path: Path) -> None:
        for folder in ("one", "two"):
            root = tmp_path / folder
            root.mkdir()
            (root / "b.py").write_text("KINDS = {'a', 'b', 'c'}\nB = 'self' in KINDS\n")
            (root / "a.txt").write_text("a")
            os.utime(root / "a.txt", (1, len(folder)))
            compiled = archive.compile_tree(root, ["b.py"])
            members = [*(archive.Member(name, root / name) for name in ("b.py", "a.txt")), *compiled.values()]
            archive.write_zip(tmp_path / f"{folder}.zip", reversed(members))
        assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
        assert names(tmp_path / "one.zip") == sorted(names(tmp_path / "one.zip"))

    def test_compiled_files_are_trusted_whatever_the_clock_says(self, tmp_path: Path) -> None:
        (tmp_path / "module.py").write_text("VALUE = 'compiled'\n")
        [member] = archive.compile_tree(tmp_path, ["module.py"]).values()
        assert member.name == f"__pycache__/module.{sys.implementation.cache_tag}.pyc"
        assert member.source.read_bytes()[4:8] == b"\x01\x00\x00\x00"  # by hash, never checked (PEP 552)
        (tmp_path / "module.py").write_text("VALUE = 'source'\n")
        outcome = subprocess.run(
            [sys.executable, "-c", "import module; print(module.VALUE)"],
            env={"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert outcome.stdout == "compiled\n"

    def test_packages_are_imported_without_their_sources(self, tmp_path: Path) -> None:
        (tmp_path / "package").mkdir()
        (tmp_path / "package" / "__init__.py").write_text("VALUE = __name__\n")
        [member] = archive.compile_tree(tmp_path, ["package/__init__.py"], sourceless=True).values()
        assert member.name == "package/__init__.pyc"
        (tmp_path / "package" / "__init__.py").unlink()
        outcome = subprocess.run(
            [sys.executable, "-c", "import package; print(package.VALUE)"],
            env={"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert outcome.stdout == "package\n"

    def test_what_does_not_compile_is_left_out(self, tmp_path: Path) -> None:
        (tmp_path / "template.py").write_text("def {{ name }}(): pass")
        assert archive.compile_tree(tmp_path, ["template.py"]) == {}

    def test_functions_zip_has_our_code_on_top_of_the_packages(self, tmp_path: Path, packages: Path) -> None:
        target = archive.functions_zip(PROJECT, packages, tmp_path / "functions.zip", tmp_path / "cache")
        found = names(target)
        assert len(set(found)) == len(found)
        tag = sys.implementation.cache_tag
        assert {"some_package.py", "app.py", f"__pycache__/app.{tag}.pyc", "chalicelib/wiring.py"} <= set(found)
        assert f"chalicelib/__pycache__/wiring.{tag}.pyc" in found
        assert not [name for name in found if name.startswith(("tests/", "infra/", "web/", ".chalice/"))]

    def test_an_unchanged_source_leaves_the_zip_alone(self, tmp_path: Path, packages: Path) -> None:
        target = archive.functions_zip(PROJECT, packages, tmp_path / "functions.zip", tmp_path / "cache")
        os.utime(target, (1, 1))
        archive.functions_zip(PROJECT, packages, target, tmp_path / "cache")
        assert target.stat().st_mtime == 1

    def test_a_crash_leaves_the_old_file(self, tmp_path: Path) -> None:
        target = tmp_path / "a.zip"
        target.write_bytes(b"old")
        with pytest.raises(FileNotFoundError):
            archive.write_zip(target, [archive.Member("a", tmp_path / "missing")])
        assert target.read_bytes() == b"old"


class TestDependencies:
    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        """An installed tree: chalice needs click and botocore; our package needs yaml-like and botocore."""
        needs = {
            "ours": ["helper>=1", "botocore", 'extra-only; extra == "x"'],
            "helper": [],
            "extra-only": [],
            "botocore": ["jmespath", "urllib3"],
            "jmespath": [],
            "urllib3": [],
            "chalice": ["click", "botocore"],
            "click": [],
        }
        for name, requires in needs.items():
            module = name.replace("-", "_")
            (tmp_path / module).mkdir()
            (tmp_path / module / "__init__.py").write_text("")
            (tmp_path / module / "stub.pyi").write_text("")
            info = tmp_path / f"{module}-1.0.dist-info"
            info.mkdir()
            lines = [
                "Metadata-Version: 2.1",
                f"Name: {name}",
                "Version: 1.0",
                *(f"Requires-Dist: {each}" for each in requires),
            ]
            (info / "METADATA").write_text("\n".join(lines))
            (info / "RECORD").write_text(
                f"{module}/__init__.py,,\n{module}/stub.pyi,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n"
                "bin/x,,\n../../bin/x,,\n"
            )
        (tmp_path / "chalice" / "app.py").write_text("")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "x").write_text("#!/somewhere/python")
        return tmp_path

    def test_only_what_runs_is_shipped(self, tree: Path) -> None:
        """From a lock that lists everything: neither Lambda's own packages nor chalice's command line."""
        lock = ["ours", "helper", "botocore", "jmespath", "urllib3", "chalice", "click"]
        assert dependencies._shipped(tree, lock) == [
            "chalice/__init__.py",
            "chalice/app.py",
            "helper-1.0.dist-info/METADATA",
            "helper/__init__.py",
            "ours-1.0.dist-info/METADATA",
            "ours/__init__.py",
        ]

    def test_requirement_lines_are_read(self) -> None:
        text = "# note\nPyJWT==2.0 \\\n    --hash=sha256:ab\naws_lambda.powertools[x]>=1 ; python_version > '3'\n--only-binary :all:\n"
        assert list(dependencies._roots(text)) == ["pyjwt", "aws-lambda-powertools"]

    def test_another_list_has_another_key(self) -> None:
        assert dependencies.cache_key(b"a") == dependencies.cache_key("a") != dependencies.cache_key("b")

    def test_a_failed_download_leaves_nothing_and_says_why(self, tmp_path: Path) -> None:
        with pytest.raises(dependencies.DependencyError, match="pip could not get the packages"):
            dependencies.install(["--no-index", "no-such-package-clientela"], tmp_path / "tree")
        assert list(tmp_path.iterdir()) == []


class TestFonts:
    def test_weights_stay_apart_and_spanish_is_there(self, tmp_path: Path) -> None:
        from fontTools.ttLib import TTFont

        spec = importlib.util.find_spec("fontpkg_inter")
        assert spec is not None
        assert spec.origin is not None
        layers.cut_fonts(Path(spec.origin).parents[1], tmp_path)
        for style, weight in layers.WEIGHTS.items():
            target = tmp_path / f"Inter-{style}.ttf"
            assert target.stat().st_size < 60_000
            with TTFont(target) as font:
                assert font["name"].getDebugName(1) == "Inter"
                assert font["name"].getDebugName(2) == style
                assert font["OS/2"].usWeightClass == weight
                assert {ord(character) for character in "Ññ¿¡€áÉ0%–…→"} <= font.getBestCmap().keys()
                assert "fvar" not in font
