from . import spend
