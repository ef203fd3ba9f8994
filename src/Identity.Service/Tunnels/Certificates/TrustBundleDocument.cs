namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>What clients of the tunnel trust for inner TLS.</summary>
internal sealed record TrustBundleDocument
{
    public string Type { get; } = "trust_bundle";

    public required string TunnelId { get; init; }

    public required long Epoch { get; init; }

    public required string Pem { get; init; }
}
