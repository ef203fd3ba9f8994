using System.Text.Json;

namespace Culvert.Identity.Service.Ids;

internal static class OptionalMembers
{
    /// <summary>Writes a string member; it is absent, instead of null, if there is no value.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
