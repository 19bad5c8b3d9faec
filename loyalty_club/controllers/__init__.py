from . import card_batch
