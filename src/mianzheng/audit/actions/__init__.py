from mianzheng.audit.actions.withholding import withhold as withhold
from mianzheng.audit.actions.writing import Line as Line
from mianzheng.audit.actions.writing import write as write
from mianzheng.audit.actions.writing import write_alike as write_alike
