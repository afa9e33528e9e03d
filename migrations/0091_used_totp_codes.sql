-- A code of two-factor login is accepted once (RFC 6238 §5.2): the period of the last one that was.
ALTER TABLE local_user ADD COLUMN totp_2fa_last_period integer;
