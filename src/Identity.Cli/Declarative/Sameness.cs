using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>Compares with the service: absent = null = empty, sets in any order, final line breaks ignored.</summary>
internal static class Sameness
{
    public static bool AreSame(ResourceField field, JsonNode? declared, JsonNode? live) =>
        JsonNode.DeepEquals(Normal(field.Type, declared), Normal(field.Type, live));

    private static JsonNode? Normal(FieldType type, JsonNode? value) =>
        type == FieldType.TextSet && value is JsonArray set
            ? Normal(
                new JsonArray([
                    .. set.Select(item => (string?)item).Order(StringComparer.Ordinal).Select(item => (JsonNode?)item),
                ])
            )
            : Normal(value);

    private static JsonNode? Normal(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject o:
                var members = new JsonObject();
                foreach (var (name, member) in o)
                {
                    if (Normal(member) is { } kept)
                    {
                        members[name] = kept;
                    }
                }

                return members.Count > 0 ? members : null;
            case JsonArray list:
                return list.Count > 0 ? new JsonArray([.. list.Select(Normal)]) : null;
            case JsonValue text when text.TryGetValue(out string? s):
                return s.Length > 0 ? JsonValue.Create(s.TrimEnd('\n')) : null;
            case JsonValue number when number.TryGetValue(out long n):
                return JsonValue.Create(n);
            default:
                return value?.DeepClone();
        }
    }
}
