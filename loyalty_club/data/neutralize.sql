-- A copy forgets the key of the card codes: cards of the real shop cannot be tried, or worked out, on a copy.
UPDATE ir_config_parameter
   SET value = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
 WHERE key = 'loyalty_club.gift_key';
