namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Where a CA takes what (RFC 8555 §7.1.1, RFC 9773 §4).</summary>
internal sealed record AcmeDirectory
{
    public required string NewNonce { get; init; }

    public required string NewAccount { get; init; }

    public required string NewOrder { get; init; }

    /// <summary>Where it suggests when to renew; null when it does not.</summary>
    public string? RenewalInfo { get; init; }

    /// <summary>By these names it goes in CAA records; empty when it does not say.</summary>
    public required IReadOnlyList<string> CaaIdentities { get; init; }

    public required bool ExternalAccountRequired { get; init; }
}
