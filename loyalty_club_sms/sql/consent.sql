-- What members agreed to is proof: rows are added, never changed. They go only with the member they are about.
-- Run again at every install and upgrade; every statement can be repeated.
CREATE OR REPLACE FUNCTION loyalty_club_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM loyalty_club_member WHERE id = OLD.member_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Loyalty Club: what a member agreed to is never changed or deleted. Add a row that says the new thing.'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE OR UPDATE ON loyalty_club_consent
    FOR EACH ROW EXECUTE FUNCTION loyalty_club_guard_consent();
CREATE OR REPLACE TRIGGER loyalty_club_no_truncate BEFORE TRUNCATE ON loyalty_club_consent
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_guard_consent();
