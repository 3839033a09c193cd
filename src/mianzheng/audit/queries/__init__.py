from mianzheng.audit.queries.entries import Entry as Entry
from mianzheng.audit.queries.entries import about as about
from mianzheng.audit.queries.entries import asked as asked
from mianzheng.audit.queries.entries import broken as broken
from mianzheng.audit.queries.entries import leaves_of as leaves_of
from mianzheng.audit.queries.entries import of_case as of_case
from mianzheng.audit.queries.entries import told_to as told_to
