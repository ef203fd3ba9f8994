using System.Text.Json;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Reads texts in a CA's JSON, which may hold anything.</summary>
internal static class AcmeText
{
    /// <summary>False when the member's text is not valid Unicode (half a surrogate pair).</summary>
    /// <param name="text">Null when the member is absent or of another type.</param>
    public static bool TryRead(JsonElement element, string name, out string? text)
    {
        text = null;
        try
        {
            if (
                element.ValueKind == JsonValueKind.Object
                && element.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
            )
            {
                text = value.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
