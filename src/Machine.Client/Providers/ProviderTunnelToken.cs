using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>What a connector proves itself with. Any holder can run the tunnel.</summary>
public sealed record ProviderTunnelToken
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("tunnel_token")]
    public required string Token { get; init; }

    // Never the token.
    public override string ToString() => $"{nameof(ProviderTunnelToken)} {Id}";
}
