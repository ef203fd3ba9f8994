using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A claim set and the result that the rule must have: stored with the rule, run at every save.</summary>
/// <param name="Claims">
/// The token's claims that the test needs; <c>sub</c> is required. Signature and times are assumed to be valid, and so
/// are <c>iss</c> and <c>aud</c> if absent.
/// </param>
/// <param name="Expect"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Reason">The reason that a denial must have; null = any.</param>
/// <param name="Directory">The person's groups; null = none. Tests do not read the directory.</param>
internal sealed record RuleTest(
    string Name,
    JsonElement Claims,
    string Expect,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TestDirectory? Directory = null
)
{
    public const string Allow = "allow";

    public const string Deny = "deny";
}
