using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A resource of the service, in the form of a file.</summary>
/// <param name="Id">The id in the API.</param>
/// <param name="Spec">Every field that has a value; references by name.</param>
internal sealed record LiveResource(ResourceKind Kind, string Name, string Id, JsonObject Spec)
{
    /// <summary>A tunnel's policies by label; empty if they were not read.</summary>
    public IReadOnlyDictionary<string, LivePolicy> Policies { get; init; } = new Dictionary<string, LivePolicy>();

    public string Title => $"{Kind.Word} {Name}";
}
