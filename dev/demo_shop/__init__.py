"""The sample club of ./club demo: people, goods, branches, and two months of sales up to today."""
