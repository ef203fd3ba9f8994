using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal static class EnrollmentErrors
{
    public static readonly ErrorCode InstanceTaken = new(
        "instance.taken",
        409,
        "The instance id is in use by another principal.",
        "An instance id belongs to the identity and method that enrolled it first.",
        "Choose another instance ID, or revoke the enrolment that uses it."
    );

    public static readonly ErrorCode InstanceLimit = new(
        "instance.limit",
        409,
        "The tunnel has its maximum number of active instances.",
        "The number of instances that enrolled or polled within agents.live_for has reached agents.instances_per_tunnel.",
        "Stop instances that are not needed, or raise the limit."
    );

    public static readonly ErrorCode TunnelNotNamed = new(
        "enrolment.tunnel",
        403,
        "The credential does not allow to enrol for this tunnel.",
        "The rule's tunnel_ids does not name the tunnel, or the tunnel token is another tunnel's.",
        "Add the tunnel to the rule, or use the tunnel's own token."
    );

    public static readonly ErrorCode CertificateTunnelNotNamed = new(
        "issue.tunnel",
        403,
        "The credential does not allow requests for certificates of this tunnel.",
        "The rule's tunnel_ids does not name the tunnel.",
        "Add the tunnel to the rule that grants certificate:issue."
    );

    public static readonly ErrorCode EdgeNotNamed = new(
        "enrolment.edge",
        403,
        "The credential does not allow to enrol as this edge.",
        "The rule's edge_ids does not name the edge.",
        "Add the edge to the rule."
    );

    public static readonly ErrorCode Method = new(
        "enrolment.method",
        403,
        "The method of enrolment does not allow this.",
        "A tunnel token was used on a tunnel whose certificate authority the service holds, or for a server certificate.",
        "Enrol by federation, or set allow_tunnel_token on the tunnel (never worth a server certificate)."
    );

    public static readonly ErrorCode SourceRangesEmpty = new(
        "source_ranges_empty",
        403,
        "The tunnel has no agent source ranges, which a tunnel token needs.",
        "A tunnel token is accepted only from the addresses that the tunnel's owner allowed.",
        "Set agent_source_ranges on the tunnel."
    );

    public static readonly ErrorCode Source = new(
        "enrolment.source",
        403,
        "The source address is outside the tunnel's agent source ranges.",
        "The agent runs elsewhere, or its address is translated on the way.",
        "Add the address that details.source shows to agent_source_ranges, if it is the agent's."
    );

    public static readonly ErrorCode RenewalUnknown = new(
        "renewal.unknown",
        403,
        "The certificate does not belong to an active enrolment.",
        "The enrolment was revoked, or replaced by a newer one of the same instance.",
        "Enrol again."
    );

    public static readonly ErrorCode RenewalDisabled = new(
        "renewal.disabled",
        403,
        "The rule, issuer or service account behind the enrolment no longer allows it.",
        "One of them was archived, or the rule changed.",
        "Enrol again with a rule that is in force."
    );

    public static readonly ErrorCode RenewalProofExpired = new(
        "renewal.proof_expired",
        403,
        "The last proof of identity is too old.",
        "Renewals without a fresh token are possible for agents.max_since_proof only.",
        "Attach a fresh access token or the tunnel token, or enrol again."
    );

    public static readonly ErrorCode RenewalTokenRotated = new(
        "renewal.token_rotated",
        403,
        "The tunnel token was rotated since the enrolment.",
        "The enrolment rests on a token that is no longer valid.",
        "Attach the new tunnel token, or enrol again with it."
    );

    public static readonly ErrorCode RenewalIdentity = new(
        "renewal.identity",
        403,
        "The attached token speaks for another identity than the certificate.",
        "A renewal must use the same principal and method as the enrolment.",
        "Attach a token of the enrolled identity, or enrol under another instance id."
    );
}
