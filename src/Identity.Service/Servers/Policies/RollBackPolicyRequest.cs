using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>Takes the last approval of a hostname back.</summary>
internal sealed record RollBackPolicyRequest
{
    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
