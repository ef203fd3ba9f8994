using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.RuleTests;

/// <summary>A claim set and the result that the rule must have: stored with the rule, run at every save.</summary>
internal sealed record RuleTest
{
    public const string Allow = "allow";
    public const string Deny = "deny";

    public required string Name { get; init; }

    /// <summary>
    /// The token's claims that the test needs; <c>sub</c> is required. Signature and times are assumed to be valid, and
    /// so are <c>iss</c> and <c>aud</c> if absent.
    /// </summary>
    public required JsonElement Claims { get; init; }

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    public required string Expect { get; init; }

    /// <summary>The reason that a denial must have; null = any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}
