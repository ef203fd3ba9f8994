using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The last attempt, of any node, to create an authority's request and get it signed.</summary>
internal sealed record SigningAttempt
{
    public required CertificateAuthorityId AuthorityId { get; init; }

    public required long Attempts { get; init; }

    /// <summary>Consecutive refused chains.</summary>
    public required long Refused { get; init; }

    public required string Node { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Until when it excludes other attempts; null = it has finished.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required DateTimeOffset NextAt { get; init; }

    public string? Error { get; init; }

    public bool HoldsOff(DateTimeOffset now) => now < NextAt || now < HeldUntil;
}
