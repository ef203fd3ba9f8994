using System.Text.Encodings.Web;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>Texts of people in files that a page shows for copying.</summary>
internal static class YamlText
{
    /// <summary>A string of JSON is one of YAML, so no text of a person becomes a key.</summary>
    public static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
