using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Scim;

/// <summary>
/// Applies the operations of a PATCH (RFC 7644 §3.5.2) to the attributes of a resource; all of them, or none. Also the
/// forms that Entra ID and Okta send: operations in capitals, booleans as strings, members that are removed by a value,
/// and an operation without a path whose value names paths.
/// </summary>
internal sealed class ScimPatch
{
    public const int MaxOperations = 200;

    private const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private const string Add = "add";
    private const string Replace = "replace";
    private const string Remove = "remove";

    private readonly ScimResourceType type;
    private readonly string id;
    private readonly JsonObject target;

    private ScimPatch(ScimResourceType type, string id, JsonObject target)
    {
        this.type = type;
        this.id = id;
        this.target = target;
    }

    /// <summary>The attributes afterwards.</summary>
    public static Result<JsonObject> Apply(ScimResourceType type, string id, JsonObject attributes, JsonObject body)
    {
        if (!ScimValues.HasSchema(body, Schema))
        {
            return ScimErrors.Value.Refuse($"schemas: must contain {Schema}.");
        }

        if (ScimValues.Find(body, "Operations") is not JsonArray { Count: > 0 and <= MaxOperations } operations)
        {
            return ScimErrors.Value.Refuse($"Operations: 1 to {MaxOperations} operations are required.");
        }

        var patch = new ScimPatch(type, id, attributes.DeepClone().AsObject());
        foreach (var node in operations)
        {
            if (node is not JsonObject operation)
            {
                return RequestErrors.Invalid.Refuse("Operations: each is an object.");
            }

            if (patch.Run(operation) is { } refusal)
            {
                return refusal;
            }
        }

        return ScimValues.Check(type, patch.target) is { } invalid ? invalid : patch.target;
    }

    private Refusal? Run(JsonObject operation)
    {
        var unknown = operation.Select(member => member.Key).FirstOrDefault(name => !IsMember(name));
        if (unknown is not null)
        {
            return RequestErrors.Invalid.Refuse($"Operations.{ScimValues.Bounded(unknown)}: is not a known member.");
        }

        var verb = GetText(ScimValues.Find(operation, "op"))?.ToLowerInvariant();
        if (verb is not (Add or Replace or Remove))
        {
            return ScimErrors.Value.Refuse("op: add, replace or remove is required.");
        }

        var value = ScimValues.Find(operation, "value");
        if (ScimValues.Find(operation, "path") is { } pathNode)
        {
            return GetText(pathNode) is { } path ? RunAt(verb, path, value) : ScimErrors.Path.Refuse();
        }

        if (verb == Remove)
        {
            return ScimErrors.NoTarget.Refuse("path: required with remove.");
        }

        if (value is not JsonObject members)
        {
            return ScimErrors.Value.Refuse("value: an object is required without a path.");
        }

        foreach (var (name, member) in members)
        {
            // Okta repeats the id of the resource.
            if (name.Equals("id", StringComparison.OrdinalIgnoreCase) && GetText(member) == id)
            {
                continue;
            }

            if (RunAt(verb, name, member) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private Refusal? RunAt(string verb, string text, JsonNode? value)
    {
        if (text.Length > ScimFilterParser.MaxLength)
        {
            return ScimErrors.Path.Refuse($"path: at most {ScimFilterParser.MaxLength} characters.");
        }

        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var end = text.LastIndexOf(']');
        var name = ScimPath.WithoutSchema(type, bracket < 0 ? text : text[..bracket]);
        var first = name.Split('.')[0];
        if (type.IsReadOnly(first))
        {
            return ScimErrors.Mutability.Refuse($"{first}: is assigned by this service.");
        }

        if (type.Ignores(name) || type.Ignores(first))
        {
            return null;
        }

        if (bracket < 0)
        {
            return ScimPath.Find(type, name) is { } path ? RunPlain(verb, path, value) : Unknown(text);
        }

        var rest = end > bracket ? text[(end + 1)..] : "?";
        if (
            type.Find(name) is not { IsMultiValued: true } attribute
            || (rest.Length > 0 && (rest[0] != '.' || attribute.FindSub(rest[1..]) is null))
        )
        {
            return Unknown(text);
        }

        return ScimFilterParser.ParseOfValue(type, attribute, text[(bracket + 1)..end]).TryGet(out var filter, out _)
            ? RunFiltered(verb, attribute, filter, rest.Length == 0 ? null : attribute.FindSub(rest[1..]), value)
            : Unknown(text);
    }

    private static Refusal Unknown(string path) =>
        ScimErrors.Path.Refuse($"path: {ScimValues.Bounded(path)} is malformed or not in the schema.");

    private Refusal? RunPlain(string verb, ScimPath path, JsonNode? value)
    {
        var attribute = path.Attribute;
        if (path.Sub is not null)
        {
            return RunSub(verb, path, value);
        }

        if (verb == Remove && attribute.IsMultiValued && value is not null)
        {
            return RemoveValues(attribute, value);
        }

        if (verb == Remove || value is null)
        {
            return Clear(attribute);
        }

        if (!ScimValues.Read(attribute, value).TryGet(out var read, out var refusal))
        {
            return refusal;
        }

        switch (read.Node)
        {
            case null:
                return verb == Add && attribute.IsMultiValued ? null : Clear(attribute);
            case JsonArray added when verb == Add:
                Append(attribute, added);
                return null;
            // RFC 7644 §3.5.2.1 and §3.5.2.3: the sub-attributes that the value does not name stay.
            case JsonObject parts when target[attribute.Name] is JsonObject present:
                Merge(present, parts);
                return null;
            default:
                target[attribute.Name] = read.Node;
                return null;
        }
    }

    private Refusal? Clear(ScimAttribute attribute)
    {
        if (attribute.IsRequired || attribute.Type == ScimDataType.Boolean)
        {
            return ScimErrors.Mutability.Refuse($"{attribute.Name}: cannot be removed.");
        }

        target.Remove(attribute.Name);
        return null;
    }

    private Refusal? RemoveValues(ScimAttribute attribute, JsonNode value)
    {
        if (!ScimValues.Read(attribute, value).TryGet(out var read, out var refusal))
        {
            return refusal;
        }

        if (read.Node is not JsonArray removed)
        {
            return Clear(attribute);
        }

        var gone = removed.Select(GetKey).ToHashSet(StringComparer.Ordinal);
        Keep(attribute, one => !gone.Contains(GetKey(one)));
        return null;
    }

    private Refusal? RunSub(string verb, ScimPath path, JsonNode? value)
    {
        var (attribute, sub) = path;
        if (attribute.IsMultiValued)
        {
            var values = Values(attribute);
            return values.Count == 0 && verb != Remove
                ? ScimErrors.NoTarget.Refuse($"{attribute.Name}: has no value.")
                : SetSubs(verb, attribute, values, sub!, value);
        }

        var holder = target[attribute.Name] as JsonObject ?? [];
        if (SetSub(verb, holder, sub!, value) is { } refusal)
        {
            return refusal;
        }

        if (holder.Count == 0)
        {
            target.Remove(attribute.Name);
        }
        else if (holder.Parent is null)
        {
            target[attribute.Name] = holder;
        }

        return null;
    }

    private Refusal? RunFiltered(
        string verb,
        ScimAttribute attribute,
        ScimFilter filter,
        ScimAttribute? sub,
        JsonNode? value
    )
    {
        if (verb == Remove && sub is null)
        {
            Keep(attribute, one => !filter.Matches(one));
            return null;
        }

        var matches = Values(attribute).Where(filter.Matches).ToList();
        if (matches.Count == 0 && verb != Remove)
        {
            return verb == Add
                ? AddMatching(attribute, filter, sub, value)
                : ScimErrors.NoTarget.Refuse($"{attribute.Name}: no value matches the filter.");
        }

        if (sub is not null)
        {
            return SetSubs(verb, attribute, matches, sub, value);
        }

        if (value is not JsonObject parts)
        {
            return ScimErrors.Value.Refuse($"{attribute.Name}: an object is required.");
        }

        if (ScimValues.IsPrimary(parts))
        {
            ClearPrimary(Values(attribute).Except(matches));
        }

        foreach (var match in matches)
        {
            var merged = match.DeepClone().AsObject();
            Merge(merged, parts);
            if (!ScimValues.Read(attribute, merged).TryGet(out var read, out var refusal))
            {
                return refusal;
            }

            match.ReplaceWith(read.Node is JsonArray { Count: 1 } one ? one[0]!.DeepClone() : merged);
        }

        return null;
    }

    // Entra ID adds the first work address as emails[type eq "work"].value.
    private Refusal? AddMatching(ScimAttribute attribute, ScimFilter filter, ScimAttribute? sub, JsonNode? value)
    {
        var added = sub is null ? value?.DeepClone() as JsonObject : new JsonObject { [sub.Name] = value?.DeepClone() };
        if (added is null || filter is not ScimComparison { Operator: ScimOperator.Eq } wanted)
        {
            return ScimErrors.NoTarget.Refuse($"{attribute.Name}: no value matches the filter.");
        }

        if (added[wanted.Path.Attribute.Name] is null)
        {
            added[wanted.Path.Attribute.Name] = wanted.Value switch
            {
                string text => text,
                bool flag => flag,
                _ => null,
            };
        }

        if (!ScimValues.Read(attribute, added).TryGet(out var read, out var refusal))
        {
            return refusal;
        }

        if (read.Node is JsonArray values)
        {
            Append(attribute, values);
        }

        return null;
    }

    private Refusal? SetSubs(
        string verb,
        ScimAttribute attribute,
        IReadOnlyList<JsonObject> values,
        ScimAttribute sub,
        JsonNode? value
    )
    {
        foreach (var one in values)
        {
            if (SetSub(verb, one, sub, value) is { } refusal)
            {
                return refusal;
            }
        }

        if (sub.Name == "primary" && values.Any(ScimValues.IsPrimary))
        {
            ClearPrimary(Values(attribute).Except(values));
        }

        return null;
    }

    private static Refusal? SetSub(string verb, JsonObject holder, ScimAttribute sub, JsonNode? value)
    {
        if (!ScimValues.Read(sub, verb == Remove ? null : value).TryGet(out var read, out var refusal))
        {
            return refusal;
        }

        if (read.Node is not null)
        {
            if (sub.IsStored)
            {
                holder[sub.Name] = read.Node;
            }

            return null;
        }

        if (sub.IsRequired)
        {
            return ScimErrors.Value.Refuse($"{sub.Name}: is required.");
        }

        holder.Remove(sub.Name);
        return null;
    }

    private void Append(ScimAttribute attribute, JsonArray added)
    {
        var present = target[attribute.Name] as JsonArray;
        if (present is null)
        {
            target[attribute.Name] = present = [];
        }

        var known = present.Select(GetKey).ToHashSet(StringComparer.Ordinal);
        var fresh = added.Where(one => known.Add(GetKey(one))).ToList();
        if (fresh.Any(ScimValues.IsPrimary))
        {
            // RFC 7644 §3.5.2: a new primary value replaces the previous one.
            ClearPrimary(Values(attribute));
        }

        foreach (var one in fresh)
        {
            present.Add(one!.DeepClone());
        }
    }

    private void Keep(ScimAttribute attribute, Func<JsonObject, bool> isKept)
    {
        if (target[attribute.Name] is not JsonArray values)
        {
            return;
        }

        for (var i = values.Count - 1; i >= 0; i--)
        {
            if (values[i] is JsonObject one && !isKept(one))
            {
                values.RemoveAt(i);
            }
        }

        if (values.Count == 0)
        {
            target.Remove(attribute.Name);
        }
    }

    private List<JsonObject> Values(ScimAttribute attribute) =>
        target[attribute.Name] is JsonArray values ? [.. values.OfType<JsonObject>()] : [];

    private static void ClearPrimary(IEnumerable<JsonObject> values)
    {
        foreach (var one in values)
        {
            one.Remove("primary");
        }
    }

    private static void Merge(JsonObject present, JsonObject parts)
    {
        foreach (var (name, part) in parts)
        {
            present[
                present.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Key ?? name
            ] = part?.DeepClone();
        }
    }

    // Members are the same if their value is; addresses are if all of their members are.
    private string GetKey(JsonNode? value) =>
        type == ScimResourceType.Group && value is JsonObject one ? GetText(one["value"]) ?? "" : value!.ToJsonString();

    private static bool IsMember(string name) =>
        name.Equals("op", StringComparison.OrdinalIgnoreCase)
        || name.Equals("path", StringComparison.OrdinalIgnoreCase)
        || name.Equals("value", StringComparison.OrdinalIgnoreCase);

    private static string? GetText(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
