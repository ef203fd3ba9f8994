using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The columns that enrolments of agents and of edges have in common.</summary>
internal abstract record EnrollmentColumns
{
    [InsertOnly]
    public required string OrganizationId { get; init; }

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

    /// <summary>The columns of the proof, which an update replaces, but for its method and principal.</summary>
    public EnrollmentProof Proof
    {
        init
        {
            Principal = value.Principal;
            IssuerId = value.IssuerId;
            RuleId = value.RuleId;
            RuleVersion = value.RuleVersion;
            ServiceAccountId = value.ServiceAccountId;
            TokenId = value.TokenId;
            TokenIssuedAtS = value.TokenIssuedAt;
            TokenFamily = value.TokenFamily;
            TokenSubjectHash = value.SubjectHash;
            TokenKeyId = value.TokenKeyId;
        }
    }

    public EnrollmentProof ToProof(EnrollmentMethod method) =>
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
