-- The ledger's own law, kept by PostgreSQL so that no path around Python exists.
-- Run again at every install and upgrade; every statement can be repeated.

-- 1. Entries, postings and seals are never changed or deleted.
CREATE OR REPLACE FUNCTION loyalty_club_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Loyalty Club: rows of % are never changed or deleted. Post a reversal instead.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- 2. A posting moves the balance, the lot and the card's points; nothing else does.
--    A lot that is opened by a posting is inserted full, so it is not filled here.
--    The posting of an entry that is named after a hold captures it: one update of the account for both.
--    One posting, as a till makes it, has statements of its own: Odoo's pool forgets all plans between two requests,
--    so that a till waits for planning, and these plan several times faster than the ones for many postings.
CREATE OR REPLACE FUNCTION loyalty_club_apply_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    SELECT count(*) OVER () AS postings, entry_id, account_id, lot_id, opens_lot, seq, hash,
           CASE WHEN to_account_id = account_id THEN amount ELSE -amount END AS delta
      INTO one FROM fresh LIMIT 1;
    IF one.postings = 1 THEN
        PERFORM loyalty_club_apply_posting(one.entry_id, one.account_id, one.lot_id, one.opens_lot, one.seq, one.hash,
                                           one.delta);
        RETURN NULL;
    END IF;
    UPDATE loyalty_club_lot lot
       SET remaining = lot.remaining + moved.delta
      FROM (SELECT lot_id, SUM(CASE WHEN to_account_id = account_id THEN amount ELSE -amount END) AS delta
              FROM fresh WHERE lot_id IS NOT NULL AND NOT opens_lot GROUP BY lot_id) moved
     WHERE lot.id = moved.lot_id;
    WITH captured AS (
        UPDATE loyalty_club_hold hold SET state = 'captured'
          FROM (SELECT DISTINCT entry_id, account_id FROM fresh) moved
          JOIN loyalty_club_entry entry ON entry.id = moved.entry_id
         WHERE entry.key LIKE 'hold:%' AND hold.key = substr(entry.key, 6) AND hold.state = 'held'
           AND hold.account_id = moved.account_id
        RETURNING hold.account_id, hold.amount)
    UPDATE loyalty_club_account account
       SET held = account.held - COALESCE((SELECT SUM(amount) FROM captured WHERE captured.account_id = account.id), 0),
           balance = account.balance + moved.delta,
           debt = account.debt + moved.debt,
           seq = moved.last_seq,
           head = moved.last_hash
      FROM (SELECT account_id,
                   SUM(CASE WHEN to_account_id = account_id THEN amount ELSE -amount END) AS delta,
                   SUM(CASE WHEN lot_id IS NOT NULL THEN 0
                            WHEN to_account_id = account_id THEN -amount ELSE amount END) AS debt,
                   MAX(seq) AS last_seq,
                   (array_agg(hash ORDER BY seq DESC))[1] AS last_hash
              FROM fresh GROUP BY account_id) moved
     WHERE account.id = moved.account_id;
    UPDATE loyalty_card card
       SET points = account.balance
      FROM loyalty_club_account account
     WHERE account.id IN (SELECT account_id FROM fresh) AND card.id = account.card_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION loyalty_club_apply_posting(entry int, account int, lot int, opens boolean, number int,
                                                      link varchar, delta numeric) RETURNS void LANGUAGE plpgsql AS $$
DECLARE captured numeric; card int; now_there numeric;
BEGIN
    UPDATE loyalty_club_hold SET state = 'captured'
     WHERE key = (SELECT substr(key, 6) FROM loyalty_club_entry WHERE id = entry AND key LIKE 'hold:%')
       AND state = 'held' AND account_id = account RETURNING amount INTO captured;
    IF lot IS NOT NULL AND NOT opens THEN
        UPDATE loyalty_club_lot SET remaining = remaining + delta WHERE id = lot;
    END IF;
    UPDATE loyalty_club_account
       SET held = held - COALESCE(captured, 0), balance = balance + delta,
           debt = debt - CASE WHEN lot IS NULL THEN delta ELSE 0 END, seq = number, head = link
     WHERE id = account RETURNING card_id, balance INTO card, now_there;
    UPDATE loyalty_card SET points = now_there WHERE id = card;
END $$;

-- 3. A hold keeps its amount back while it is held, and resolves once: released, or captured by the posting that spends it.
CREATE OR REPLACE FUNCTION loyalty_club_apply_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'held' THEN
            UPDATE loyalty_club_account SET held = held + NEW.amount WHERE id = NEW.account_id;
        END IF;
    ELSIF OLD.state <> 'held' AND NEW.state <> OLD.state
          OR (NEW.amount, NEW.account_id, NEW.key, NEW.placed_at)
             IS DISTINCT FROM (OLD.amount, OLD.account_id, OLD.key, OLD.placed_at) THEN
        RAISE EXCEPTION 'Loyalty Club: a hold resolves once and keeps its amount.' USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state = 'held' AND NEW.state = 'captured' THEN
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'Loyalty Club: a hold is captured by the posting that spends it.' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF OLD.state = 'held' AND NEW.state <> 'held' THEN
        UPDATE loyalty_club_account SET held = held - OLD.amount WHERE id = OLD.account_id;
    END IF;
    RETURN NULL;
END $$;

-- 4. Balances, lots and points follow postings only.
CREATE OR REPLACE FUNCTION loyalty_club_refuse_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Loyalty Club: % follows the ledger and cannot be set. Post an entry instead.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION loyalty_club_refuse_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM loyalty_club_account WHERE card_id = OLD.id) THEN
        RAISE EXCEPTION 'Loyalty Club: the points of card % follow the ledger and cannot be set. Post an entry instead.', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- 5. A lot keeps what it was opened with. Only the end of a rolling lot may move, to later, by a visit that is in the
--    ledger: the member's own, no later than it was booked, and no further than the days of the lot reach. Days end at
--    midnight where the club is, so a few hours more are given.
CREATE OR REPLACE FUNCTION loyalty_club_visit_explains(visit int, account int, days int, ends timestamp) RETURNS boolean
    LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM loyalty_club_entry entry
          JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
          JOIN loyalty_club_account own ON own.id = posting.account_id
          JOIN loyalty_club_account other ON other.id = account AND (other.id = own.id OR other.member_id = own.member_id)
         WHERE entry.id = visit AND entry.kind IN ('earn', 'redeem', 'load')
           AND (entry.origin_model IS NOT NULL OR entry.branch_id IS NOT NULL)
           AND ends <= LEAST(entry.occurred_at, entry.posted_at) + make_interval(days => days + 1, hours => 3)
           AND ends > LEAST(entry.occurred_at, entry.posted_at) + make_interval(days => days, hours => -3))
$$;

CREATE OR REPLACE FUNCTION loyalty_club_refuse_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.idle_days > 0 AND NEW.expires_at > OLD.expires_at
       AND to_jsonb(NEW) - 'expires_at' - 'rolled_by_id' = to_jsonb(OLD) - 'expires_at' - 'rolled_by_id'
       AND loyalty_club_visit_explains(NEW.rolled_by_id, NEW.account_id, NEW.idle_days, NEW.expires_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Loyalty Club: % follows the ledger and cannot be set. Post an entry instead.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- 6. An account stays what it is, and whose. One that nobody owned goes to the member whose card it is, when he joins.
CREATE OR REPLACE FUNCTION loyalty_club_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.club_id, NEW.program_id, NEW.branch_id, NEW.card_id)
       IS DISTINCT FROM (OLD.kind, OLD.club_id, OLD.program_id, OLD.branch_id, OLD.card_id)
       OR NEW.member_id IS DISTINCT FROM OLD.member_id AND (OLD.member_id IS NOT NULL OR NOT EXISTS (
              SELECT FROM loyalty_club_member member JOIN loyalty_card card ON card.partner_id = member.partner_id
               WHERE member.id = NEW.member_id AND member.club_id = NEW.club_id AND card.id = NEW.card_id)) THEN
        RAISE EXCEPTION 'Loyalty Club: account % stays what it is. Transfer the balance, or merge the contacts.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION loyalty_club_guard_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.program_id IS DISTINCT FROM OLD.program_id
       AND EXISTS (SELECT FROM loyalty_club_account WHERE card_id = OLD.id)
       OR NEW.partner_id IS DISTINCT FROM OLD.partner_id AND EXISTS (
              SELECT FROM loyalty_club_account account JOIN loyalty_club_member member ON member.id = account.member_id
               WHERE account.card_id = OLD.id AND member.merged_into_id IS NULL
                 AND member.partner_id IS DISTINCT FROM NEW.partner_id) THEN
        RAISE EXCEPTION 'Loyalty Club: card % has a ledger, and stays with its program and its member.', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION loyalty_club_guard_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.club_id, NEW.club_kind) IS DISTINCT FROM (OLD.club_id, OLD.club_kind)
       AND EXISTS (SELECT FROM loyalty_club_account WHERE program_id = OLD.id) THEN
        RAISE EXCEPTION 'Loyalty Club: program % has balances in the ledger, and stays with its club.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION loyalty_club_guard_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.club_id IS DISTINCT FROM OLD.club_id
       AND EXISTS (SELECT FROM loyalty_club_account WHERE member_id = OLD.id)
       OR OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id THEN
        RAISE EXCEPTION 'Loyalty Club: member % stays in the club, and merged into whom it was.', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- A card number opens the account of the member who has it: it stays theirs, and follows them when they are merged.
CREATE OR REPLACE FUNCTION loyalty_club_guard_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.club_id) IS DISTINCT FROM (OLD.number, OLD.club_id)
       OR OLD.member_id IS NOT NULL AND NEW.member_id IS DISTINCT FROM OLD.member_id AND NOT EXISTS (
              SELECT FROM loyalty_club_member WHERE id = OLD.member_id AND merged_into_id = NEW.member_id) THEN
        RAISE EXCEPTION 'Loyalty Club: the card number % stays with its member. Give the member another card.', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- 7. The club counts its seals, one by one; so it shows when the last ones are gone.
CREATE OR REPLACE FUNCTION loyalty_club_count_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loyalty_club SET seal_number = NEW.number
     WHERE id = NEW.club_id AND COALESCE(seal_number, 0) = NEW.number - 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Loyalty Club: seal % does not follow the last one of its club.', NEW.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION loyalty_club_refuse_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Loyalty Club: the number of the last seal follows the seals and cannot be set.'
        USING ERRCODE = 'restrict_violation';
END $$;

-- The check compares each of these triggers with the database: one statement each, events as PostgreSQL orders them.
CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE OR UPDATE ON loyalty_club_entry
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE OR UPDATE ON loyalty_club_posting
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE OR UPDATE ON loyalty_club_seal
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE OR UPDATE ON loyalty_club_seal_head
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_lot
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_hold
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_account
    FOR EACH ROW WHEN (OLD.seq > 0) EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_entry
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_posting
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_seal
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_seal_head
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_lot
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_hold
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_account
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change();

CREATE OR REPLACE TRIGGER loyalty_club_apply AFTER INSERT ON loyalty_club_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_apply_postings();
CREATE OR REPLACE TRIGGER loyalty_club_apply AFTER INSERT OR UPDATE ON loyalty_club_hold
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_apply_hold();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_lot
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION loyalty_club_refuse_lot();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND (OLD.balance IS DISTINCT FROM NEW.balance
                       OR OLD.held IS DISTINCT FROM NEW.held OR OLD.debt IS DISTINCT FROM NEW.debt
                       OR OLD.seq IS DISTINCT FROM NEW.seq OR OLD.head IS DISTINCT FROM NEW.head))
    EXECUTE FUNCTION loyalty_club_refuse_balance();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE OF points ON loyalty_card
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND OLD.points IS DISTINCT FROM NEW.points)
    EXECUTE FUNCTION loyalty_club_refuse_points();

CREATE OR REPLACE TRIGGER loyalty_club_identity
    BEFORE UPDATE OF kind, club_id, program_id, member_id, card_id, branch_id ON loyalty_club_account
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_account();
CREATE OR REPLACE TRIGGER loyalty_club_identity BEFORE UPDATE OF program_id, partner_id ON loyalty_card
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_card();
CREATE OR REPLACE TRIGGER loyalty_club_identity BEFORE UPDATE OF club_id, club_kind ON loyalty_program
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_program();
CREATE OR REPLACE TRIGGER loyalty_club_identity BEFORE UPDATE OF club_id, merged_into_id ON loyalty_club_member
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_member();
CREATE OR REPLACE TRIGGER loyalty_club_identity BEFORE UPDATE OF number, club_id, member_id ON loyalty_club_card
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_number();
CREATE OR REPLACE TRIGGER loyalty_club_apply AFTER INSERT ON loyalty_club_seal
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_count_seal();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE OF seal_number ON loyalty_club
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND OLD.seal_number IS DISTINCT FROM NEW.seal_number)
    EXECUTE FUNCTION loyalty_club_refuse_seal();

-- Balances and lots change often and no index covers them: leave room for updates in place.
ALTER TABLE loyalty_club_account SET (fillfactor = 80);
ALTER TABLE loyalty_club_lot SET (fillfactor = 85);
