-- Certificates of servers belong to no enrolment, those of agents to no edge: an index that is for the others need not
-- hold them. What every certificate's two commits write decides how many there can be.
DROP INDEX certificates_of_enrollment;
CREATE INDEX certificates_of_enrollment ON certificates (enrollment_id, not_after_ms) WHERE enrollment_id IS NOT NULL;
DROP INDEX certificates_of_edge;
CREATE INDEX certificates_of_edge ON certificates (edge_id, not_after_ms) WHERE edge_id IS NOT NULL;
