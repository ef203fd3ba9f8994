-- Which key a key was made with: two keys of one chain are one person (S16). Null = made on the host.
ALTER TABLE admin_keys ADD COLUMN created_by TEXT;
