using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Compares the parts of two definitions.</summary>
internal static class DefinitionJson
{
    /// <summary>Null: the member is absent, or the value is not an object.</summary>
    public static JsonElement? Find(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var found)
            ? found
            : null;

    public static bool IsList(JsonElement? value) => value is { ValueKind: JsonValueKind.Array };

    /// <summary>The entries of a list. Any other value counts as a list with this value, as in "type".</summary>
    public static List<JsonElement> ReadEntries(JsonElement? value) =>
        value switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
            { } one => [one],
        };

    /// <summary>The members of both by name; null: the object lacks the member. Other values have no members.</summary>
    public static IEnumerable<(string Name, JsonElement? Was, JsonElement? IsNow)> Pair(
        JsonElement? was,
        JsonElement? isNow
    )
    {
        var (before, after) = (ReadMembers(was), ReadMembers(isNow));
        foreach (var (name, value) in before)
        {
            yield return (name, value, after.TryGetValue(name, out var other) ? other : null);
        }

        foreach (var (name, value) in after)
        {
            if (!before.ContainsKey(name))
            {
                yield return (name, null, value);
            }
        }
    }

    /// <summary>Whether every reader finds the same values in both, including numbers without an exact double.</summary>
    public static bool AreSame(JsonElement? one, JsonElement? other) =>
        one is { } a && other is { } b ? JsonElement.DeepEquals(a, b) : one is null && other is null;

    /// <summary>Different for two values if and only if <see cref="AreSame"/> is false.</summary>
    public static string Write(JsonElement value) =>
        Encoding.UTF8.GetString(CanonicalJson.Write(value, numbers: NumberForm.Exact));

    private static Dictionary<string, JsonElement> ReadMembers(JsonElement? value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (value is { ValueKind: JsonValueKind.Object } json)
        {
            foreach (var member in json.EnumerateObject())
            {
                members[member.Name] = member.Value;
            }
        }

        return members;
    }
}
