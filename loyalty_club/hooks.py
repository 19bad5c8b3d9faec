"""Install and uninstall."""


def uninstall_hook(env):
    """Leave core's cards as they are: balances stay in ``points``, the guards around them go."""
    env.cr.execute(
        """
        DROP TRIGGER IF EXISTS loyalty_club_guard ON loyalty_card;
        DROP FUNCTION IF EXISTS loyalty_club_refuse_change, loyalty_club_apply_postings, loyalty_club_apply_posting,
                                loyalty_club_apply_hold, loyalty_club_refuse_balance, loyalty_club_refuse_lot,
                                loyalty_club_refuse_points, loyalty_club_guard_gift CASCADE;
        """
    )
