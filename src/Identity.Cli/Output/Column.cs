using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Output;

/// <summary>A column of a list: its heading and its member (<c>a.b</c> for a nested one).</summary>
internal sealed record Column(string Heading, string Member, Fit Fit = Fit.Drop)
{
    public string Format(JsonNode? item)
    {
        foreach (var step in Member.Split('.'))
        {
            item = (item as JsonObject)?[step];
        }

        return CellText.Format(item);
    }
}
