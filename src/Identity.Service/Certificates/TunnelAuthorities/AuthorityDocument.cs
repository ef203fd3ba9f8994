using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "certificate_authority";

    public required string Name { get; init; }

    public required string TunnelId { get; init; }

    public required string Custody { get; init; }

    /// <summary>The key was created elsewhere: the number of copies is unknown.</summary>
    public required bool CopiesMayExist { get; init; }

    public required string? KeyLabel { get; init; }

    public required string State { get; init; }

    public required DateTime? StateSince { get; init; }

    public required DateTime? RegistrationEnds { get; init; }

    public required string? Fingerprint { get; init; }

    /// <summary>Its certificate first, the root last; only when a single authority with a chain is requested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AuthorityCertificateDocument>? Chain { get; init; }

    public required DateTime? NotAfter { get; init; }

    /// <summary>Seconds; null until verified.</summary>
    public required long? MaxLeafLife { get; init; }

    public required IReadOnlyList<AuthorityFinding> Findings { get; init; }

    /// <summary><c>two_person</c> or <c>single</c>: this installation's approval rule (S16).</summary>
    public required string Approval { get; init; }

    public required string? SubmittedBy { get; init; }

    public required string? ApprovedBy { get; init; }

    public required AuthorityOverrideDocument? Override { get; init; }

    public required string? TunnelCertificateId { get; init; }

    /// <summary>The next command line; null = none.</summary>
    public required string? Next { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ArchivedAt { get; init; }

    public static AuthorityDocument From(TunnelAuthority authority, CertificateOptions options) =>
        new()
        {
            Id = authority.Id.Value,
            Name = authority.Name,
            TunnelId = authority.TunnelId.Value,
            Custody = WireNames.Get(authority.Custody),
            CopiesMayExist = authority.Custody == AuthorityCustody.Imported,
            KeyLabel = authority.KeyLabel,
            State = WireNames.Get(authority.State),
            StateSince = authority.StateSince?.UtcDateTime,
            RegistrationEnds = AuthorityStates.IsRegistering(authority.State)
                ? authority.RegistrationEnds?.UtcDateTime
                : null,
            Fingerprint = authority.Fingerprint,
            NotAfter = authority.NotAfter?.UtcDateTime,
            MaxLeafLife = (long?)authority.MaxLeafLife?.TotalSeconds,
            Findings = authority.Findings,
            Approval = options.SingleApproval ? "single" : "two_person",
            SubmittedBy = authority.SubmittedBy,
            ApprovedBy = authority.ApprovedBy,
            Override = authority.Override is { } taken
                ? new AuthorityOverrideDocument(
                    Missing: taken.Missing,
                    Reason: taken.Reason,
                    By: taken.By,
                    At: taken.At.UtcDateTime
                )
                : null,
            TunnelCertificateId = authority.RegisteredCertificateId?.Value,
            Next = AuthorityNextSteps.Describe(authority),
            CreatedAt = authority.CreatedAt.UtcDateTime,
            ArchivedAt = authority.ArchivedAt?.UtcDateTime,
        };
}
