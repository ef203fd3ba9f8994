using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>One resource of a file.</summary>
/// <param name="Kind">What of.</param>
/// <param name="Name">Which.</param>
/// <param name="Spec">What it says; fields that it leaves out are nobody's.</param>
/// <param name="Source">File and line, for messages.</param>
internal sealed record DeclaredResource(ResourceKind Kind, string Name, JsonObject Spec, string Source)
{
    public string Title => $"{Kind.Word} {Name}";
}
