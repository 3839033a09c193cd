from mianzheng.audit.actions.writing import write as write
