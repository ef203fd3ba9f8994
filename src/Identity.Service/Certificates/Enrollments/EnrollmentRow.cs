using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The columns that enrolments of agents and of edges have in common.</summary>
internal abstract record EnrollmentRow<TState>
    where TState : EnrollmentState
{
    [InsertOnly]
    public string OrganizationId { get; init; } = "";

    [InsertOnly]
    public string Principal { get; init; } = "";

    public string? IssuerId { get; init; }

    public string? RuleId { get; init; }

    public long? RuleVersion { get; init; }

    public string? ServiceAccountId { get; init; }

    public string TokenId { get; init; } = "";

    public long TokenIssuedAtS { get; init; }

    public string? TokenFamily { get; init; }

    public string? TokenSubjectHash { get; init; }

    public string? TokenKeyId { get; init; }

    [InsertOnly]
    public long CreatedAtMs { get; init; }

    public long LastProofMs { get; init; }

    [InsertOnly]
    public long? RevokedAtMs { get; init; }

    /// <summary>The columns of the state that both kinds have; an update replaces the proof, but for its principal.</summary>
    public TState State
    {
        init
        {
            OrganizationId = value.OrganizationId;
            LastProofMs = value.LastProofAt.ToStore();
            var proof = value.Proof;
            Principal = proof.Principal;
            IssuerId = proof.IssuerId;
            RuleId = proof.RuleId;
            RuleVersion = proof.RuleVersion;
            ServiceAccountId = proof.ServiceAccountId;
            TokenId = proof.TokenId;
            TokenIssuedAtS = proof.TokenIssuedAt;
            TokenFamily = proof.TokenFamily;
            TokenSubjectHash = proof.SubjectHash;
            TokenKeyId = proof.TokenKeyId;
        }
    }

    public abstract TState ToState();

    protected EnrollmentProof ToProof(EnrollmentMethod method) =>
        new()
        {
            Method = method,
            Principal = Principal,
            IssuerId = IssuerId,
            RuleId = RuleId,
            RuleVersion = (int?)RuleVersion,
            ServiceAccountId = ServiceAccountId,
            TokenId = TokenId,
            TokenIssuedAt = TokenIssuedAtS,
            TokenFamily = TokenFamily,
            SubjectHash = TokenSubjectHash,
            TokenKeyId = TokenKeyId,
        };
}
