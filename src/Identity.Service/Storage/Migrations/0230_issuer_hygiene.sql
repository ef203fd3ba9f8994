-- What an issuer's tokens may look like, and how long its keys serve.
ALTER TABLE federation_issuers ADD COLUMN preset TEXT;
ALTER TABLE federation_issuers ADD COLUMN tenancy TEXT NOT NULL DEFAULT 'dedicated';
-- Takes the place of check_jti, which is still written for older nodes.
ALTER TABLE federation_issuers ADD COLUMN replay_mode TEXT NOT NULL DEFAULT 'single_use';
ALTER TABLE federation_issuers ADD COLUMN replay_window_seconds BIGINT NOT NULL DEFAULT 60;
-- Names separated by blanks.
ALTER TABLE federation_issuers ADD COLUMN algorithms TEXT NOT NULL
    DEFAULT 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512';
ALTER TABLE federation_issuers ADD COLUMN types TEXT NOT NULL DEFAULT 'JWT at+jwt';
ALTER TABLE federation_issuers ADD COLUMN single_audience BIGINT NOT NULL DEFAULT 0;
ALTER TABLE federation_issuers ADD COLUMN allow_missing_kid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE federation_issuers ADD COLUMN allow_non_ascii BIGINT NOT NULL DEFAULT 0;
ALTER TABLE federation_issuers ADD COLUMN caller_detail TEXT NOT NULL DEFAULT 'none';
ALTER TABLE federation_issuers ADD COLUMN stale_ok_seconds BIGINT;
ALTER TABLE federation_issuers ADD COLUMN hard_expiry_seconds BIGINT;

UPDATE federation_issuers SET replay_mode = 'off' WHERE check_jti = 0;
UPDATE federation_issuers SET tenancy = 'shared' WHERE issuer_url IN (
    'https://token.actions.githubusercontent.com', 'https://gitlab.com', 'https://agent.buildkite.com',
    'https://app.terraform.io', 'https://accounts.google.com');
