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
          OR (NEW.amount, NEW.account_id, NEW.key) IS DISTINCT FROM (OLD.amount, OLD.account_id, OLD.key) THEN
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

-- 5. A lot keeps what it was opened with. Only the end of a rolling lot may move, and only to later.
CREATE OR REPLACE FUNCTION loyalty_club_refuse_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.idle_days > 0 AND NEW.expires_at > OLD.expires_at
       AND to_jsonb(NEW) - 'expires_at' = to_jsonb(OLD) - 'expires_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Loyalty Club: % follows the ledger and cannot be set. Post an entry instead.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['entry', 'posting', 'seal', 'seal_head'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE UPDATE OR DELETE ON loyalty_club_%s
                        FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['entry', 'posting', 'seal', 'seal_head', 'lot', 'hold'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_%s
                        FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['lot', 'hold'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_%s
                        FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change()', name);
    END LOOP;
END $$;

CREATE OR REPLACE TRIGGER loyalty_club_apply AFTER INSERT ON loyalty_club_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_apply_postings();
CREATE OR REPLACE TRIGGER loyalty_club_apply AFTER INSERT OR UPDATE ON loyalty_club_hold
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_apply_hold();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_lot
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION loyalty_club_refuse_lot();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND (OLD.balance, OLD.held, OLD.debt, OLD.seq, OLD.head)
                       IS DISTINCT FROM (NEW.balance, NEW.held, NEW.debt, NEW.seq, NEW.head))
    EXECUTE FUNCTION loyalty_club_refuse_balance();
CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_account
    FOR EACH ROW WHEN (OLD.seq > 0) EXECUTE FUNCTION loyalty_club_refuse_change();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE OF points ON loyalty_card
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND OLD.points IS DISTINCT FROM NEW.points)
    EXECUTE FUNCTION loyalty_club_refuse_points();

-- Balances and lots change often and no index covers them: leave room for updates in place.
ALTER TABLE loyalty_club_account SET (fillfactor = 80);
ALTER TABLE loyalty_club_lot SET (fillfactor = 85);
