using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Output;

/// <summary>A column of a list: its heading and its member (<c>a.b</c> for a nested one).</summary>
/// <param name="Describe">Describes the member in words. The column is shown only if an item has the member.</param>
internal sealed record Column(
    string Heading,
    string Member,
    Fit Fit = Fit.Drop,
    Func<JsonNode, string>? Describe = null
)
{
    public bool IsOf(IReadOnlyList<JsonNode?> items) => Describe is null || items.Any(item => Find(item) is not null);

    public string Format(JsonNode? item) =>
        Find(item) is { } member && Describe is not null ? Describe(member) : CellText.Format(Find(item));

    private JsonNode? Find(JsonNode? item)
    {
        foreach (var step in Member.Split('.'))
        {
            item = (item as JsonObject)?[step];
        }

        return item;
    }
}
