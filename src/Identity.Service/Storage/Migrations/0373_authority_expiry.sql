-- Thousands of certificates may end in the same second: a page in the order of their ends must not sort them first.
DROP INDEX certificates_of_authority;
CREATE INDEX certificates_of_authority ON certificates (ca_id, not_after_ms, ordinal);
