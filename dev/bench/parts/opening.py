"""Opening the till: the two calls that its browser makes for data."""

from collections import defaultdict
from statistics import median

from common import at_most, summary


def run(worlds, args, chance, bars, figures):
    taken = defaultdict(list)
    for number in range(1 + args.openings):
        for world in chance.sample(worlds, len(worlds)):
            seconds, queries = open_till(world)
            if number:
                taken[world.ours, world.count].append((seconds, queries))
    for size, count in (("small", args.small), ("large", args.large)):
        times = {ours: [seconds for seconds, _queries in taken[ours, count]] for ours in (False, True)}
        # round by round: an opening is long enough for the machine to change between the first and the last
        ratios = [ours / core for ours, core in zip(times[True], times[False], strict=True)]
        bars[f"opening the till, ours / core, {size}"] = at_most(median(ratios), 1.05)
        for ours, name in ((False, "core"), (True, "ours")):
            figures[f"opening the till, {name}, {count:,} cards"] = {
                **summary(times[ours]),
                "queries": median(queries for _seconds, queries in taken[ours, count]),
            }


def open_till(world):
    session = world.ids["session"]
    first = world.call("pos.session", "load_data_params", session)
    second = world.call("pos.session", "load_data", session, [], context={"pos_limited_loading": True})
    return first[0] + second[0], first[1] + second[1]
