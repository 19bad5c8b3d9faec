"""Members of the sample club who log in and look at their own pages, one in English and one in Persian."""

#: Login (also the password) and number of the member.
LOGINS = (("customer", 2), ("moshtari", 3))


def fill(place, users, now) -> None:
    """Give two members, who have something of everything, a login for their pages."""
    env = place.env
    for login, number in LOGINS:
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": login,
                "password": login,
                "partner_id": place.members[number].partner_id,
                "tz": "Asia/Tehran",
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )
