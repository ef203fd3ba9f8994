namespace Culvert.Identity.Service.Federation.History;

/// <summary>Claims that an issuer signed, from the record of an exchange.</summary>
internal sealed record ProvenClaims(
    string RequestId,
    DateTimeOffset At,
    bool IsGranted,
    string RuleId,
    string? Subject,
    ReadOnlyMemory<byte> ClaimsJson
);
