namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The URLs of a CA's resources (RFC 8555 §7.1.1, RFC 9773 §4).</summary>
internal sealed record AcmeDirectory
{
    public required string NewNonce { get; init; }

    public required string NewAccount { get; init; }

    public required string NewOrder { get; init; }

    /// <summary>Null when the CA offers no renewal information.</summary>
    public string? RenewalInfo { get; init; }

    /// <summary>The CA's names in CAA records; empty when the directory has none.</summary>
    public required IReadOnlyList<string> CaaIdentities { get; init; }

    public required bool ExternalAccountRequired { get; init; }
}
