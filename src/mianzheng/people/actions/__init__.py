from mianzheng.people.actions.accounts import close_account as close_account
from mianzheng.people.actions.accounts import open_account as open_account
from mianzheng.people.actions.disclosure import reveal as reveal
from mianzheng.people.actions.registration import register as register
from mianzheng.people.actions.rotation import forget_keys as forget_keys
from mianzheng.people.actions.rotation import rotate_keys as rotate_keys
