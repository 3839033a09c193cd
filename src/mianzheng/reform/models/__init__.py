"""What the reform office keeps."""

from mianzheng.reform.models.act import Act as Act
from mianzheng.reform.models.batch import Batch as Batch
from mianzheng.reform.models.candidate import Candidate as Candidate
from mianzheng.reform.models.draft import Draft as Draft
from mianzheng.reform.models.group import Group as Group
from mianzheng.reform.models.heading import Heading as Heading
from mianzheng.reform.models.notice import Notice as Notice
from mianzheng.reform.models.opinion import Opinion as Opinion
from mianzheng.reform.models.report import Report as Report
from mianzheng.reform.models.row import Row as Row
from mianzheng.reform.models.slip import Slip as Slip
from mianzheng.reform.models.wish import Wish as Wish
