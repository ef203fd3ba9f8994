using System.Text.Encodings.Web;

namespace Culvert.Identity.Service.Console.Shared;

internal static class YamlText
{
    /// <summary>A JSON string is a YAML string, so user input cannot become a key.</summary>
    public static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
