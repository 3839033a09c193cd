from mianzheng.people.models.account import Account as Account
from mianzheng.people.models.document import Document as Document
from mianzheng.people.models.keymark import KeyMark as KeyMark
from mianzheng.people.models.subject import Subject as Subject
