"""`flask areas …` at the keyboard of the server."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from shapely.geometry import LineString

from server.db import db
from server.models.areas import Area, AreaVersion
from tests.support.boundary_files import FAR, WEST, WHOLE, Shapes, geojson


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "villages.geojson"


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["areas", *arguments])


def import_it(app: Flask, file: Path, shapes: Shapes, *options: str) -> Result:
    file.write_bytes(geojson(shapes))
    told = ["--kind", "village", "--datum", "WGS-84", "--code-field", "code", *options]
    return run(app, "import", str(file), *told)


def test_an_import_says_what_it_did_in_chinese_first(app: Flask, file: Path) -> None:
    done = import_it(app, file, {"01": WHOLE, "02": FAR})
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == "新建 2，变更 0，未变 0 / created 2, changed 0, unchanged 0"
    again = import_it(app, file, {"01": WEST, "02": FAR})
    assert again.output.splitlines()[-1] == "新建 0，变更 1，未变 1 / created 0, changed 1, unchanged 1"


def test_a_refused_import_lists_every_refusal_and_fails(app: Flask, file: Path) -> None:
    done = import_it(app, file, {"01": WHOLE, "02": LineString([(0, 0), (1, 1)]), "03": None})
    assert done.exit_code == 1
    assert "第 2 个" in done.stderr
    assert "第 3 个" in done.stderr
    assert "没有保存任何内容" in done.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Area)) == 0


def test_an_instant_without_a_zone_is_meant_in_shanghai(app: Flask, file: Path) -> None:
    assert import_it(app, file, {"01": WHOLE}, "--valid-from", "2026-01-01").exit_code == 0
    valid_from = db.session.scalar(sa.select(AreaVersion.valid_from))
    assert str(valid_from) == "2025-12-31 16:00:00+00:00"


@pytest.mark.parametrize(
    "options",
    [("--valid-from", "soon"), ("--kind", "planet"), ("--datum", "GPS")],
)
def test_an_option_that_means_nothing_is_a_usage_error(
    app: Flask, file: Path, options: tuple[str, str]
) -> None:
    assert import_it(app, file, {"01": WHOLE}, *options).exit_code == 2


def test_a_file_that_is_no_boundary_file_is_one_sentence(app: Flask, file: Path) -> None:
    file.write_bytes(b"%PDF-1.7")
    done = run(app, "import", str(file), "--kind", "village", "--datum", "WGS-84")
    assert done.exit_code == 1
    assert "无法读取边界文件" in done.stderr
    assert "Traceback" not in done.output


def test_a_parent_is_named_by_its_code(app: Flask, file: Path) -> None:
    import_it(app, file, {"A": WHOLE}, "--kind", "township")
    assert import_it(app, file, {"01": WEST}, "--parent", "B").exit_code == 1
    assert import_it(app, file, {"01": WEST}, "--parent", "A").exit_code == 0
    township = sa.select(Area.id).where(Area.code == "A").scalar_subquery()
    assert db.session.scalar(sa.select(Area.code).where(Area.parent_id == township)) == "01"


def test_areas_are_listed_with_kind_code_name_and_version(app: Flask, file: Path) -> None:
    import_it(app, file, {"01": WEST})
    import_it(app, file, {"01": WHOLE})
    done = run(app, "list", "--kind", "village")
    assert done.output.split()[1:5] == ["village", "01", "01", "v2"]
    assert run(app, "list", "--kind", "grid").output == ""
