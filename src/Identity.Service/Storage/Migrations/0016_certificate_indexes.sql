-- expand online
-- Intents and voided ones, for the sweeps and the inventory: a certificate on its way enters and leaves one index instead
-- of two.
CREATE INDEX certificates_unissued ON certificates (status, organization_id, ordinal) WHERE status <> 'issued';
DROP INDEX certificates_intended;
DROP INDEX certificates_unfinished;
