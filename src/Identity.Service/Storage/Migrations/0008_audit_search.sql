-- expand
-- Entries by event. Exchanges are left out: they are nearly all of the journal, and each would pay for the index.
CREATE INDEX journal_events ON journal (organization_id, event, ordinal)
    WHERE event <> 'platform_federated_authentication';
