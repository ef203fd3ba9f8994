using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The last attempt to have an authority's request made and signed, by whichever node.</summary>
internal sealed record SigningAttempt
{
    public required CertificateAuthorityId AuthorityId { get; init; }

    /// <summary>How many there were, this one included.</summary>
    public required long Attempts { get; init; }

    /// <summary>Chains in a row that were refused.</summary>
    public required long Refused { get; init; }

    public required string Node { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Until when it holds off every other one; null = it has ended.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the next one may begin.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>Why it led nowhere; null = it did not, or has not ended.</summary>
    public string? Error { get; init; }

    /// <summary>No node may begin another one yet.</summary>
    public bool HoldsOff(DateTimeOffset now) => now < NextAt || now < HeldUntil;
}
