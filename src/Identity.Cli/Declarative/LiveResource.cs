using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>One resource as the service has it, in the words of a file.</summary>
/// <param name="Kind">What of.</param>
/// <param name="Name">Which.</param>
/// <param name="Id">Of the API.</param>
/// <param name="Spec">Every field that has a value; references by name.</param>
internal sealed record LiveResource(ResourceKind Kind, string Name, string Id, JsonObject Spec)
{
    /// <summary>Of a tunnel, by label; empty where they were not read.</summary>
    public IReadOnlyDictionary<string, LivePolicy> Policies { get; init; } = new Dictionary<string, LivePolicy>();

    public string Title => $"{Kind.Word} {Name}";
}
