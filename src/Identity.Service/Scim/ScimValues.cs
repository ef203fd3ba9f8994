using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Scim;

/// <summary>
/// Brings what a directory sends into the form that is stored: the schema's names and types, and only attributes that are
/// kept. A null, an empty string and an empty list mean that the attribute has no value (RFC 7643 §2.5).
/// </summary>
internal static class ScimValues
{
    /// <summary>The attributes of a complete resource, as POST and PUT have it.</summary>
    public static Result<JsonObject> ReadResource(ScimResourceType type, JsonObject body)
    {
        if (!HasSchema(body, type.Schema))
        {
            return ScimErrors.Value.Refuse($"schemas: must contain {type.Schema}.");
        }

        JsonObject attributes = [];
        foreach (var (name, node) in body)
        {
            if (type.IsReadOnly(name) || type.Ignores(name))
            {
                continue;
            }

            if (type.Find(ScimPath.WithoutSchema(type, name)) is not { } attribute)
            {
                return RequestErrors.Invalid.Refuse($"{Bounded(name)}: is not an attribute of {type}.");
            }

            if (attributes.ContainsKey(attribute.Name))
            {
                return RequestErrors.Invalid.Refuse($"{attribute.Name}: appears twice.");
            }

            if (!Read(attribute, node).TryGet(out var value, out var refusal))
            {
                return refusal;
            }

            if (value.Node is { } known)
            {
                attributes[attribute.Name] = known;
            }
        }

        return Check(type, attributes) is { } invalid ? invalid : attributes;
    }

    /// <summary>What must hold for the whole resource; null = it holds.</summary>
    public static Refusal? Check(ScimResourceType type, JsonObject attributes)
    {
        foreach (var attribute in type.Attributes)
        {
            var value = attributes[attribute.Name];
            if (attribute.IsRequired && value is null)
            {
                return ScimErrors.Value.Refuse($"{attribute.Name}: is required.");
            }

            if (value is not JsonArray values)
            {
                continue;
            }

            if (values.Count > attribute.MaxValues)
            {
                return ScimErrors.Value.Refuse($"{attribute.Name}: at most {attribute.MaxValues} values are kept.");
            }

            if (attribute.FindSub("primary") is not null && values.Count(IsPrimary) > 1)
            {
                return ScimErrors.Value.Refuse($"{attribute.Name}: only one value can be primary.");
            }
        }

        return null;
    }

    /// <summary>The value of an attribute; empty = the attribute has none.</summary>
    public static Result<ScimValue> Read(ScimAttribute attribute, JsonNode? node)
    {
        if (node is null)
        {
            return default(ScimValue);
        }

        if (!attribute.IsMultiValued)
        {
            return ReadOne(attribute, node);
        }

        // A single value in place of a list, as some directories send it.
        var items = node is JsonArray list ? list.AsEnumerable() : [node];
        JsonArray values = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item is null)
            {
                return Wrong(attribute);
            }

            if (!ReadOne(attribute, item).TryGet(out var value, out var refusal))
            {
                return refusal;
            }

            if (value.Node is { } one && known.Add(one.ToJsonString()))
            {
                values.Add(one);
            }
        }

        return new ScimValue(values.Count == 0 ? null : values);
    }

    public static bool IsPrimary(JsonNode? value) =>
        value is JsonObject one && one["primary"]?.GetValueKind() == JsonValueKind.True;

    public static bool HasSchema(JsonObject body, string schema) =>
        Find(body, "schemas") is JsonArray schemas
        && schemas.Any(one =>
            one?.GetValueKind() == JsonValueKind.String
            && one.GetValue<string>().Equals(schema, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>A member without regard to the case of its name.</summary>
    public static JsonNode? Find(JsonObject body, string name) =>
        body.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Names that a caller sent, in messages.</summary>
    public static string Bounded(string name) => name.Length <= 100 ? name : name[..100] + "…";

    private static Result<ScimValue> ReadOne(ScimAttribute attribute, JsonNode node) =>
        attribute.Type switch
        {
            ScimDataType.Boolean => ReadBoolean(attribute, node),
            ScimDataType.Complex => ReadComplex(attribute, node),
            _ => ReadText(attribute, node),
        };

    // Entra ID sends "True" and "False".
    private static Result<ScimValue> ReadBoolean(ScimAttribute attribute, JsonNode node) =>
        node.GetValueKind() switch
        {
            JsonValueKind.True => new ScimValue(true),
            JsonValueKind.False => new ScimValue(false),
            JsonValueKind.String when bool.TryParse(node.GetValue<string>(), out var flag) => new ScimValue(flag),
            _ => Wrong(attribute),
        };

    private static Result<ScimValue> ReadText(ScimAttribute attribute, JsonNode node)
    {
        if (node.GetValueKind() != JsonValueKind.String)
        {
            return Wrong(attribute);
        }

        var text = node.GetValue<string>();
        if (text.Length > attribute.MaxLength || text.Any(char.IsControl))
        {
            return ScimErrors.Value.Refuse(
                $"{attribute.Name}: at most {attribute.MaxLength} characters without control characters."
            );
        }

        return text.Length == 0 ? default(ScimValue) : new ScimValue(text);
    }

    private static Result<ScimValue> ReadComplex(ScimAttribute attribute, JsonNode node)
    {
        if (node is not JsonObject body)
        {
            return Wrong(attribute);
        }

        JsonObject kept = [];
        foreach (var (name, value) in body)
        {
            if (attribute.FindSub(name) is not { } sub)
            {
                return RequestErrors.Invalid.Refuse($"{attribute.Name}.{Bounded(name)}: is not in the schema.");
            }

            if (!sub.IsStored || value is null)
            {
                continue;
            }

            if (!ReadOne(sub, value).TryGet(out var read, out var refusal))
            {
                return refusal;
            }

            if (read.Node is { } known)
            {
                kept[sub.Name] = known;
            }
        }

        return attribute.SubAttributes.FirstOrDefault(sub => sub.IsRequired && kept[sub.Name] is null) is { } missing
                ? ScimErrors.Value.Refuse($"{attribute.Name}.{missing.Name}: is required.")
            : kept.Count == 0 ? default(ScimValue)
            : new ScimValue(kept);
    }

    private static Refusal Wrong(ScimAttribute attribute) =>
        ScimErrors.Value.Refuse($"{attribute.Name}: has the wrong type.");
}
