using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What to kill or to restore: exactly one of the first three.</summary>
internal sealed record KillRequest
{
    /// <summary>Every key of that name, and the key that has it now under any name.</summary>
    [JsonPropertyName("kid")]
    public string? Kid { get; init; }

    /// <summary>Only <c>true</c>: all current keys of the issuer. Keys published afterwards are accepted.</summary>
    [JsonPropertyName("key_set")]
    public bool? KeySet { get; init; }

    /// <summary>Only <c>true</c>: everything of the issuer.</summary>
    [JsonPropertyName("issuer")]
    public bool? Issuer { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }
}
