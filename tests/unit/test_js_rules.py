"""The JavaScript twins of the rules, run by Node: on the same vectors, and on random baskets against Python."""

import dataclasses
import json
import random
import re
import shutil
import subprocess
from decimal import Decimal

import pytest

from loyalty_club.rules.scoring import Line, Rule, score
from loyalty_club.tools.amount import floor_amount


def run_node(root, *arguments, text=None):
    node = shutil.which("node")
    if node is None:
        pytest.fail("node is missing: run ./club setup, or put Node 18 or newer on the PATH")
    done = subprocess.run(
        [node, *arguments], cwd=root, input=text, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(("script", "least"), [("rules", 150), ("till", 30), ("pay", 10)])
def test_javascript_gives_the_answers_of_the_vectors(root, script, least):
    told = run_node(root, "--test", "--test-reporter=tap", f"tests/js/{script}.test.mjs")
    # a file that stops half way through must not pass as a file without failures
    ran = int(re.search(r"^# pass (\d+)", told, re.MULTILINE).group(1))
    assert ran > least


def random_basket(rng):
    """A basket of goods, rewards and refunds, some rules and the digits of the points."""
    rewards = ["none"] * 6 + ["discount", "discount", "free_product", "payment"]
    lines = []
    for place in range(rng.randrange(9)):
        reward = rng.choice(rewards)
        amount = Decimal(rng.randrange(100_000)) / 100 * (1 if reward == "none" or rng.random() < 0.1 else -1)
        quantity = Decimal(rng.choice([1, 1, 1, 2, 3, "0.375", 0, -1]))
        flags = [rng.random() < 0.15 for _ in range(4)]
        net = (amount / Decimal("1.09")).quantize(Decimal("0.01"))
        lines.append(
            Line(f"{place}", rng.randrange(4), quantity, amount, net, reward, flags[0], rng.randrange(4), *flags[1:])
        )
    rules = [
        Rule(
            id=number,
            products=rng.choice([None, frozenset({1}), frozenset({0, 2})]),
            minimum_quantity=Decimal(rng.randrange(3)),
            minimum_amount=Decimal(rng.choice([0, 0, 50, 500])),
            minimum_tax_included=rng.random() < 0.5,
            mode=rng.choice(["order", "money", "unit"]),
            points=Decimal(rng.choice(["1", "0.1", "0.333", "7", "0.0001"])),
        )
        for number in range(rng.randrange(4))
    ]
    return lines, rules, rng.randrange(4)


def test_javascript_gives_pythons_answers_on_random_baskets(root):
    rng = random.Random(20)
    baskets = [random_basket(rng) for _ in range(500)]
    asked = [
        {
            "lines": [dataclasses.asdict(line) for line in lines],
            "rules": [
                {**dataclasses.asdict(rule), "products": rule.products and sorted(rule.products)} for rule in rules
            ],
            "digits": digits,
        }
        for lines, rules, digits in baskets
    ]
    answers = json.loads(run_node(root, "tests/js/score_stdin.mjs", text=json.dumps(asked, default=str)))
    for basket, answer in zip(baskets, answers, strict=True):
        expected = score(*basket)
        assert answer["points"] == str(expected.points)
        assert answer["fired"] == list(expected.fired)
        refused = [(row["rule_id"], row["code"], Decimal(row["have"])) for row in answer["refused"]]
        assert refused == [(row.rule_id, row.code, floor_amount(row.have, 6)) for row in expected.refused]
    assert sum(score(*basket).points > 0 for basket in baskets) > 100
