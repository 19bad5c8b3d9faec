-- A copy reaches no member: gateways are off, and neither keys nor anything that may hold one is left.
UPDATE res_company SET club_gateway_id = NULL;
UPDATE loyalty_club_gateway
   SET active = FALSE, api_key = NULL, username = NULL, password = NULL, headers = NULL, body_template = NULL,
       base_url = NULL, send_url = NULL, status_url = NULL, balance_url = NULL,
       callback_token = replace(gen_random_uuid()::text, '-', '');
-- nor does a copy send what waited when it was made
UPDATE loyalty_club_message SET state = 'cancelled', reason = 'by_hand', secret = NULL WHERE state IN ('waiting', 'sending');
-- A copy writes to nobody: the bots forget their tokens.
UPDATE loyalty_club_bot SET token = NULL;
