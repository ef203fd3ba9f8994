using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>The credential of a connector. Any holder can run the tunnel.</summary>
public sealed record ProviderTunnelToken
{
    public required string Id { get; init; }

    [JsonPropertyName("tunnel_token")]
    public required string Token { get; init; }

    // Never prints the token.
    public override string ToString() => $"{nameof(ProviderTunnelToken)} {Id}";
}
