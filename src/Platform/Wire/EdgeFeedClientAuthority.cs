namespace Culvert.Platform.Wire;

/// <summary>A CA whose certificates grant access to a tunnel's CONNECT ingress (S22).</summary>
public sealed record EdgeFeedClientAuthority
{
    public required string Id { get; init; }

    public required string CertificatePem { get; init; }

    /// <summary>Names that may connect: <c>uri:</c>, <c>dns:</c> or <c>email:</c> and a value or pattern.</summary>
    public required IReadOnlyList<string> Identities { get; init; }
}
