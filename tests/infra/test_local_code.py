"""A function's code is unpacked once by the local cloud, however many processes run it."""

import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import unpacking_once


def archive(path: Path, **content: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, text in content.items():
            made.writestr(f"package/{name}.py", text)
    return path


@pytest.fixture
def unpacked(tmp_path: Path) -> type[zipfile.ZipFile]:
    return unpacking_once(tmp_path / "unpacked")


def worker(opened: type[zipfile.ZipFile], code: Path, home: Path) -> Path:
    """A process's folder with the code in it, as the emulator makes it."""
    target = home / "code"
    target.mkdir(parents=True)
    with opened(code) as found:
        found.extractall(target)
    return target


def test_processes_that_start_together_share_one_copy(
    tmp_path: Path, unpacked: type[zipfile.ZipFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    run = subprocess.run

    def counted(*args: Any, **options: Any) -> Any:
        runs.append(args)
        return run(*args, **options)

    monkeypatch.setattr(subprocess, "run", counted)
    code = archive(tmp_path / "code.zip", one="1", two="2")
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda number: worker(unpacked, code, tmp_path / str(number)), range(4)))
    assert {path.resolve() for path in folders} == {folders[0].resolve()}
    assert [(each / "package" / "two.py").read_text() for each in folders] == ["2"] * 4
    assert len(runs) == 1


def test_changed_code_is_another_copy(tmp_path: Path, unpacked: type[zipfile.ZipFile]) -> None:
    old = worker(unpacked, archive(tmp_path / "old.zip", one="1"), tmp_path / "a")
    new = worker(unpacked, archive(tmp_path / "new.zip", one="2"), tmp_path / "b")
    assert [(each / "package" / "one.py").read_text() for each in (old, new)] == ["1", "2"]


def test_the_end_of_one_process_takes_nothing_from_the_others(tmp_path: Path, unpacked: type[zipfile.ZipFile]) -> None:
    code = archive(tmp_path / "code.zip", one="1")
    ended, lives = (worker(unpacked, code, tmp_path / name) for name in ("a", "b"))
    shutil.rmtree(ended.parent)
    assert (lives / "package" / "one.py").read_text() == "1"


def test_what_could_not_be_unpacked_is_not_taken_for_whole(tmp_path: Path, unpacked: type[zipfile.ZipFile]) -> None:
    code = archive(tmp_path / "code.zip", one="a text that is stored as it is")
    whole = code.read_bytes()
    code.write_bytes(whole.replace(b"stored", b"broken"))
    with pytest.raises(subprocess.CalledProcessError):
        worker(unpacked, code, tmp_path / "a")
    code.write_bytes(whole)
    assert (worker(unpacked, code, tmp_path / "b") / "package" / "one.py").exists()
