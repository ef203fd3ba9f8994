using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>One step of a plan.</summary>
/// <param name="Verb"><c>create</c>, <c>update</c> or <c>archive</c>.</param>
/// <param name="Kind">What of.</param>
/// <param name="Name">Which.</param>
/// <param name="Declared">Null: no file has it.</param>
/// <param name="Live">Null: the service does not have it.</param>
/// <param name="Fields">For an update: what differs; of policies, the texts that differ.</param>
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
