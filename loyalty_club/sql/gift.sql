-- Bearer cards are never deleted, one that was taken back never pays again, and what a card is stays, whatever Python
-- does. Run again at every install and upgrade; every statement can be repeated.
CREATE OR REPLACE FUNCTION loyalty_club_refuse_gift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Loyalty Club: gift cards and their uses are never deleted. Disable the card instead.'
        USING ERRCODE = 'restrict_violation';
END $$;

-- A card gets its account, its sale and its program once; the account is its own kind's. What it gives is fixed, and what
-- it is worth from the sale on; it never lives longer than it was sold to. It gets another code only while nothing was spent of it.
CREATE OR REPLACE FUNCTION loyalty_club_guard_gift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'void' AND (NEW.state, NEW.code_hash, NEW.pin_hash)
       IS DISTINCT FROM (OLD.state, OLD.code_hash, OLD.pin_hash) THEN
        RAISE EXCEPTION 'Loyalty Club: card % was taken back and stays so.', OLD.serial USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.serial, NEW.kind, NEW.club_id, NEW.batch_id, NEW.percent, NEW.max_amount, NEW.uses)
       IS DISTINCT FROM (OLD.serial, OLD.kind, OLD.club_id, OLD.batch_id, OLD.percent, OLD.max_amount, OLD.uses)
       OR OLD.program_id IS NOT NULL AND NEW.program_id IS DISTINCT FROM OLD.program_id
       OR OLD.account_id IS NOT NULL AND NEW.account_id IS DISTINCT FROM OLD.account_id
       OR OLD.sold_at IS NOT NULL AND (
              (NEW.sold_at, NEW.sold_key, NEW.value, NEW.paid)
              IS DISTINCT FROM (OLD.sold_at, OLD.sold_key, OLD.value, OLD.paid)
              OR COALESCE(NEW.expires_on, 'infinity') > COALESCE(OLD.expires_on, 'infinity')
              OR COALESCE(NEW.valid_from, '-infinity') < COALESCE(OLD.valid_from, '-infinity'))
       OR NEW.account_id IS NOT NULL AND OLD.account_id IS NULL AND NOT EXISTS (
              SELECT FROM loyalty_club_account account JOIN loyalty_card card ON card.id = account.card_id
               WHERE account.id = NEW.account_id AND account.club_id = NEW.club_id AND account.kind = NEW.kind
                 AND account.program_id = NEW.program_id AND card.code = NEW.serial) THEN
        RAISE EXCEPTION 'Loyalty Club: card % stays what it is. Sell another card instead.', OLD.serial
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.code_hash, NEW.pin_hash) IS DISTINCT FROM (OLD.code_hash, OLD.pin_hash)
       AND (EXISTS (SELECT FROM loyalty_club_posting WHERE from_account_id = OLD.account_id)
            OR EXISTS (SELECT FROM loyalty_club_gift_use WHERE gift_id = OLD.id)) THEN
        RAISE EXCEPTION 'Loyalty Club: card % was used and keeps its code.', OLD.serial USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- A use is undone once, by the way that counts it: the card's own count has moved on just before.
CREATE OR REPLACE FUNCTION loyalty_club_guard_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.undone_at IS NOT NULL
       OR to_jsonb(NEW) - 'amount' - 'undone_at' <> to_jsonb(OLD) - 'amount' - 'undone_at'
       OR NEW.undone_at IS NOT NULL AND (SELECT COALESCE(use_seq, 0) FROM loyalty_club_gift WHERE id = OLD.gift_id)
          <> (SELECT count(*) + count(undone_at) + 1 FROM loyalty_club_gift_use WHERE gift_id = OLD.gift_id) THEN
        RAISE EXCEPTION 'Loyalty Club: use % of a card stays. Refund the sale it belongs to.', OLD.key
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_gift
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_gift();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_gift
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_gift();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_gift
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_gift();
CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_gift_use
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_gift();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_gift_use
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_refuse_gift();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_gift_use
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_use();
