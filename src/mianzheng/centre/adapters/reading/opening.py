"""Which reader a source needs: its content says so, not its name."""

from __future__ import annotations

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.adapters.reading.csv import CsvTable
from mianzheng.centre.adapters.reading.database import DatabaseTable
from mianzheng.centre.adapters.reading.http_json import HttpTable
from mianzheng.centre.adapters.reading.parquet import ParquetTable
from mianzheng.centre.adapters.reading.sheets import Workbook
from mianzheng.centre.ports import Source, Table
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.books import FOREIGN, OLE, ZIP

PARQUET = (b"PAR1", b"PARE")


class Reading:
    """Opens what departments send."""

    def open(self, source: Source, item: Item) -> Table:
        """Return the table of `source`. Raises `Refusal` with one clear sentence where it cannot be read."""
        if source.url:
            return (
                HttpTable(source, item) if source.url.startswith(("http:", "https:")) else DatabaseTable(source, item)
            )
        with source.open() as stream:
            start = stream.read(8)
        if not start:
            raise Refusal(Reason(N_("文件是空的。")), Reason(N_("请检查导出是否成功，再交一次。")), field="file")
        if start.startswith((*ZIP, OLE)):
            return Workbook(source, item, packed=start.startswith(ZIP))
        if start.startswith(PARQUET):
            return ParquetTable(source, item)
        if start.startswith(FOREIGN):
            raise Refusal(
                Reason(N_("这不是表格文件（是图片、PDF 或压缩包）。")),
                Reason(N_("请交 XLSX、XLS、CSV 或 Parquet 文件；压缩包请先解开。")),
                field="file",
            )
        return CsvTable(source, item)
