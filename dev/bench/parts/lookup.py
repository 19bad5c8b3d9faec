"""Look-up: a member by card and by mobile among all, and the plan of the one query that finds him."""

import json

from common import at_most, percentile, summary

#: Below this a table is read faster without an index.
BIG = 5_000


def run(worlds, args, chance, bars, figures):
    world = worlds[-1]
    for kind, column, table in (("card", "number", "loyalty_club_card"), ("mobile", "mobile", "loyalty_club_member")):
        terms = sample(world, table, column, args.lookups, chance)
        times = []
        for term in terms:
            seconds, _queries, answer = world.call("pos.config", "club_identify", world.ids["config"], term)
            if answer["status"] != "member" or not answer["records"]["loyalty.card"]:
                raise SystemExit(f"the look-up of {term} answers {answer['status']}: {answer['message']}")
            times.append(seconds)
        plan_problems(world, terms[0])
        figures[f"look-up by {kind}, {args.large:,} members"] = summary(times)
        bars[f"look-up by {kind}, p95 ms"] = at_most(percentile(times, 0.95) * 1000, 50)


def sample(world, table, column, wanted, chance):
    ids = [world.row(table, chance.randrange(world.count)) for _number in range(wanted)]
    with world.cursor() as cr:
        cr.execute(f"SELECT {column} FROM {table} WHERE id = ANY(%s)", (ids,))
        return [row[0] for row in cr.fetchall()]


def plan_problems(world, term):
    """Stop unless exactly one query searches the club's tables, and no table of size is read from end to end."""
    with world.cursor() as cr:
        env = world.environment(cr, world.ids["cashier"])
        seen = record(cr)
        env["pos.config"].browse(world.ids["config"]).club_identify(term)
        cr.execute = type(cr).execute.__get__(cr)
        searches = [
            (query, values) for query, values in seen
            if "loyalty_club_member" in query or "loyalty_club_account" in query
        ]  # fmt: skip
        if len(searches) != 1:
            raise SystemExit(f"the look-up makes {len(searches)} searches instead of one")
        sizes = table_sizes(cr)
        for query, values in seen:
            if not query.lstrip().upper().startswith("SELECT"):
                continue
            cr.execute(f"EXPLAIN (FORMAT JSON) {query}", values)
            plan = cr.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            whole = [table for table in scanned(plan[0]["Plan"]) if sizes.get(table, 0) > BIG]
            if whole:
                raise SystemExit(f"the look-up reads all of {', '.join(whole)}:\n{query}")


def record(cr):
    """Collect the queries that go through a cursor from now on."""
    seen = []
    plain = cr.execute

    def execute(query, params=None, **options):
        if params is None and hasattr(query, "code"):
            query, params = query.code, query.params
        seen.append((query, params))
        return plain(query, params, **options)

    cr.execute = execute
    return seen


def table_sizes(cr):
    cr.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
    return dict(cr.fetchall())


def scanned(node):
    """Tables that a plan reads from end to end."""
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from scanned(child)
