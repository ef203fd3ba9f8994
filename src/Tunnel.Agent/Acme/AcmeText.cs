using System.Text.Json;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Texts in what a CA sends, which may be anything.</summary>
internal static class AcmeText
{
    /// <summary>False: the member's text cannot be read (half a surrogate pair).</summary>
    /// <param name="element">Any.</param>
    /// <param name="name">Of the member.</param>
    /// <param name="text">Null where there is no such member, or one of another type.</param>
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
