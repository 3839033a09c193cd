from mianzheng.audit.rules.entries import NOBODY as NOBODY
from mianzheng.audit.rules.entries import PROGRAM as PROGRAM
from mianzheng.audit.rules.entries import WITHHELD as WITHHELD
from mianzheng.audit.rules.entries import NewEntry as NewEntry
from mianzheng.audit.rules.entries import canonical as canonical
from mianzheng.audit.rules.entries import leaf as leaf
