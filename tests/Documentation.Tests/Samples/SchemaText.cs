using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Documentation.Tests.Samples;

internal static class SchemaText
{
    /// <summary>A text's value; empty for anything else, such as a list of types.</summary>
    public static string AsValueText(this JsonNode node) =>
        node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : "";
}
