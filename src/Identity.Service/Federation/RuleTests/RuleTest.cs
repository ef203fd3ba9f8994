using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.RuleTests;

/// <summary>A claim set, and what the rule must say to it: stored with the rule, run at every save.</summary>
internal sealed record RuleTest
{
    public const string Allow = "allow";
    public const string Deny = "deny";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>
    /// The token's claims as far as the test is about them; <c>sub</c> is needed. Signature and times are taken for
    /// granted; so are <c>iss</c> and <c>aud</c> where they are absent.
    /// </summary>
    [JsonPropertyName("claims")]
    public required JsonElement Claims { get; init; }

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    [JsonPropertyName("expect")]
    public required string Expect { get; init; }

    /// <summary>The reason that a denial must have; null = any.</summary>
    [JsonPropertyName("reason")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}
