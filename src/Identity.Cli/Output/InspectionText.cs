using System.Text;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Output;

internal static class InspectionText
{
    public static string Format(JsonObject inspection)
    {
        var text = new StringBuilder();
        foreach (var part in new[] { "header", "claims", "times" })
        {
            if (inspection[part] is not JsonObject members)
            {
                continue;
            }

            text.Append(part).Append('\n');
            foreach (var (name, value) in members)
            {
                text.Append("  ").Append(CellText.Safe(name)).Append("  ").Append(CellText.Format(value)).Append('\n');
            }
        }

        text.Append("signature  ").Append(CellText.Format(inspection["signature"])).Append('\n');
        var problems = inspection["problems"] as JsonArray ?? [];
        text.Append(problems.Count == 0 ? "nothing looks wrong\n" : "looks wrong\n");
        foreach (var problem in problems)
        {
            text.Append("  ").Append(CellText.Format(problem)).Append('\n');
        }

        return text.ToString();
    }
}
