-- expand
-- The name of an admin key's role. Null = a key of an earlier version, whose scopes are those of its role.
ALTER TABLE admin_keys ADD COLUMN role TEXT;

-- The key that the token of a sign-in at the command line is bound to; null = a browser's session.
ALTER TABLE console_sessions ADD COLUMN key_thumbprint TEXT;
