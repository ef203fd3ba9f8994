using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Output;

/// <summary>A column of a list: its heading and the member it shows (<c>a.b</c> reaches into an object).</summary>
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
