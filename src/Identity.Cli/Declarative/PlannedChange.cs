using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A step of a plan.</summary>
/// <param name="Verb"><c>create</c>, <c>update</c> or <c>archive</c>.</param>
/// <param name="Declared">Null: not in a file.</param>
/// <param name="Live">Null: not at the service.</param>
/// <param name="Fields">For an update: the fields that differ; for policies, the texts that differ.</param>
internal sealed record PlannedChange(
    string Verb,
    ResourceKind Kind,
    string Name,
    DeclaredResource? Declared,
    LiveResource? Live,
    IReadOnlyList<(string Field, JsonNode? Before, JsonNode? After)> Fields
)
{
    public const string Create = "create";
    public const string Update = "update";
    public const string Archive = "archive";
}
