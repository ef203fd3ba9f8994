namespace Culvert.Identity.Service.Federation.History;

/// <summary>Claims that an issuer had signed, as an exchange of the past recorded them.</summary>
internal sealed record ProvenClaims(
    string RequestId,
    DateTimeOffset At,
    bool IsGranted,
    string RuleId,
    string? Subject,
    ReadOnlyMemory<byte> ClaimsJson
);
