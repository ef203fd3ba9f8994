namespace Culvert.Platform.Wire;

/// <summary>A CA whose certificates grant access to a tunnel's CONNECT ingress (S22).</summary>
/// <param name="Identities">
/// Names that may connect: <c>uri:</c>, <c>dns:</c> or <c>email:</c> and a value or pattern.
/// </param>
public sealed record EdgeFeedClientAuthority(string Id, string CertificatePem, IReadOnlyList<string> Identities);
