from . import discount, payment
