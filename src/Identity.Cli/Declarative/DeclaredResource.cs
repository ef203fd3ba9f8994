using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>One resource of a file.</summary>
/// <param name="Kind">What of.</param>
/// <param name="Name">Which.</param>
/// <param name="Spec">The declared fields; fields that are left out are not managed.</param>
/// <param name="Source">File and line, for messages.</param>
internal sealed record DeclaredResource(ResourceKind Kind, string Name, JsonObject Spec, string Source)
{
    public string Title => $"{Kind.Word} {Name}";
}
