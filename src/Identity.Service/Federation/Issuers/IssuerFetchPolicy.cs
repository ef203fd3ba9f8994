namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What may be dialled and believed when fetching for one issuer (S27).</summary>
/// <param name="CaCertificatePem">The only roots accepted; null = public ones.</param>
/// <param name="AllowedTargets">Private targets opened for it.</param>
internal sealed record IssuerFetchPolicy(string? CaCertificatePem, IReadOnlyList<AllowedTarget> AllowedTargets);
