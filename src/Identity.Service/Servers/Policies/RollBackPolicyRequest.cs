using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>Reverts the latest approval of a hostname.</summary>
internal sealed record RollBackPolicyRequest
{
    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
