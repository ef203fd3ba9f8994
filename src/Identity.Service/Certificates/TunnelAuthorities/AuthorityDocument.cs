using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "certificate_authority";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("custody")]
    public required string Custody { get; init; }

    /// <summary>The key was created elsewhere: the number of copies is unknown.</summary>
    [JsonPropertyName("copies_may_exist")]
    public required bool CopiesMayExist { get; init; }

    [JsonPropertyName("key_label")]
    public required string? KeyLabel { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("state_since")]
    public required DateTime? StateSince { get; init; }

    [JsonPropertyName("registration_ends")]
    public required DateTime? RegistrationEnds { get; init; }

    [JsonPropertyName("fingerprint")]
    public required string? Fingerprint { get; init; }

    /// <summary>Its certificate first, the root last; only when a single authority with a chain is requested.</summary>
    [JsonPropertyName("chain")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AuthorityCertificateDocument>? Chain { get; init; }

    [JsonPropertyName("not_after")]
    public required DateTime? NotAfter { get; init; }

    /// <summary>Seconds; null until verified.</summary>
    [JsonPropertyName("max_leaf_life")]
    public required long? MaxLeafLife { get; init; }

    [JsonPropertyName("findings")]
    public required IReadOnlyList<AuthorityFinding> Findings { get; init; }

    /// <summary><c>two_person</c> or <c>single</c>: this installation's approval rule (S16).</summary>
    [JsonPropertyName("approval")]
    public required string Approval { get; init; }

    [JsonPropertyName("submitted_by")]
    public required string? SubmittedBy { get; init; }

    [JsonPropertyName("approved_by")]
    public required string? ApprovedBy { get; init; }

    [JsonPropertyName("override")]
    public required AuthorityOverrideDocument? Override { get; init; }

    [JsonPropertyName("tunnel_certificate_id")]
    public required string? TunnelCertificateId { get; init; }

    /// <summary>The next command line; null = none.</summary>
    [JsonPropertyName("next")]
    public required string? Next { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    public static AuthorityDocument Of(TunnelAuthority authority, CertificateOptions options) =>
        new()
        {
            Id = authority.Id.Value,
            Name = authority.Name,
            TunnelId = authority.TunnelId.Value,
            Custody = WireNames.Of(authority.Custody),
            CopiesMayExist = authority.Custody == AuthorityCustody.Imported,
            KeyLabel = authority.KeyLabel,
            State = WireNames.Of(authority.State),
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
                ? new AuthorityOverrideDocument
                {
                    Missing = taken.Missing,
                    Reason = taken.Reason,
                    By = taken.By,
                    At = taken.At.UtcDateTime,
                }
                : null,
            TunnelCertificateId = authority.RegisteredCertificateId?.Value,
            Next = AuthorityNextSteps.Of(authority),
            CreatedAt = authority.CreatedAt.UtcDateTime,
            ArchivedAt = authority.ArchivedAt?.UtcDateTime,
        };
}
