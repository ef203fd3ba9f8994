using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A resource of a file.</summary>
/// <param name="Spec">The declared fields; other fields are not managed.</param>
/// <param name="Source">File and line, for messages.</param>
internal sealed record DeclaredResource(ResourceKind Kind, string Name, JsonObject Spec, string Source)
{
    public string Title => $"{Kind.Word} {Name}";
}
