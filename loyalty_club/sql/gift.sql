-- Bearer cards are never deleted, and one that was taken back never pays again, whatever Python does.
-- Run again at every install and upgrade; every statement can be repeated.
CREATE OR REPLACE FUNCTION loyalty_club_guard_gift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'Loyalty Club: gift cards are never deleted. Disable the card instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION 'Loyalty Club: card % was taken back and stays so.', OLD.serial USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER loyalty_club_no_delete BEFORE DELETE ON loyalty_club_gift
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_gift();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_gift
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_guard_gift();
CREATE OR REPLACE TRIGGER loyalty_club_guard BEFORE UPDATE ON loyalty_club_gift
    FOR EACH ROW WHEN (OLD.state = 'void' AND (NEW.state, NEW.code_hash) IS DISTINCT FROM (OLD.state, OLD.code_hash))
    EXECUTE FUNCTION loyalty_club_guard_gift();
