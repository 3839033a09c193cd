from mianzheng.oversight.models.finding import Finding as Finding
from mianzheng.oversight.models.lead import Lead as Lead
from mianzheng.oversight.models.question import Question as Question
from mianzheng.oversight.models.tally import Screening as Screening
from mianzheng.oversight.models.tally import Tally as Tally
