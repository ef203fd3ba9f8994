using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Keywords about objects (JSON Schema Core 2020-12 §10.2.2.4, §10.3.2 and §11.3, Validation §6.5).</summary>
internal sealed class ObjectKeywords(SchemaCompiler compiler, Func<string, JsonElement?> find, string place)
{
    private const string AnyName = "*";

    public void AddTo(SchemaNode node)
    {
        if (find("required") is { } required)
        {
            var names = ReadNames(required, "required");
            node.Add("required", (value, evaluation, _) => HasAll(value, names, evaluation));
        }

        AddCount(node, "minProperties", static (count, bound) => count >= bound);
        AddCount(node, "maxProperties", static (count, bound) => count <= bound);
        AddDependencies(node);
        if (find("propertyNames") is { } name)
        {
            AddNames(node, compiler.Compile(name, place, "propertyNames"));
        }

        AddProperties(node);
        if (find("unevaluatedProperties") is { } rest)
        {
            AddUnevaluated(node, compiler.Compile(rest, place, "unevaluatedProperties"));
        }
    }

    private void AddProperties(SchemaNode node)
    {
        var named = FindSchemas("properties");
        (SchemaPattern Pattern, SchemaNode Schema)[] patterns =
        [
            .. FindSchemas("patternProperties").Select(p => (SchemaPattern.Compile(p.Key, place), p.Value)),
        ];
        var others = find("additionalProperties") is { } rest
            ? compiler.Compile(rest, place, "additionalProperties")
            : null;
        if (named.Count == 0 && patterns.Length == 0 && others is null)
        {
            return;
        }

        node.Add(
            "properties",
            (value, evaluation, evaluated) =>
            {
                foreach (var member in Members(value))
                {
                    var isKnown = named.TryGetValue(member.Name, out var its);
                    if (isKnown && !its!.IsValidAt(member.Name, member.Value, evaluation))
                    {
                        return false;
                    }

                    foreach (var (pattern, schema) in patterns)
                    {
                        if (pattern.IsMatch(member.Name, evaluation))
                        {
                            isKnown = true;
                            if (!schema.IsValidAt(AnyName, member.Value, evaluation))
                            {
                                return false;
                            }
                        }
                        else if (evaluation.AbortReason is not null)
                        {
                            return false;
                        }
                    }

                    if (!isKnown && others?.IsValidAt(AnyName, member.Value, evaluation) == false)
                    {
                        return evaluation.Fail("additionalProperties");
                    }

                    if (isKnown || others is not null)
                    {
                        evaluated?.Add(member.Name);
                    }
                }

                return true;
            }
        );
    }

    // dependencies, of drafts 6 and 7, combines lists of names and schemas.
    private void AddDependencies(SchemaNode node)
    {
        foreach (var keyword in (string[])["dependentRequired", "dependentSchemas", "dependencies"])
        {
            if (find(keyword) is not { } dependencies)
            {
                continue;
            }

            foreach (var one in Members(dependencies, keyword))
            {
                var isList = one.Value.ValueKind == JsonValueKind.Array && keyword != "dependentSchemas";
                SchemaCheck check;
                if (isList || keyword == "dependentRequired")
                {
                    var names = ReadNames(one.Value, keyword);
                    check = (value, evaluation, _) => HasAll(value, names, evaluation);
                }
                else
                {
                    check = compiler.Compile(one.Value, $"{place}/{keyword}", one.Name).IsValid;
                }

                var name = one.Name;
                node.Add(
                    keyword,
                    (value, evaluation, evaluated) =>
                        value.ValueKind != JsonValueKind.Object
                        || !value.TryGetProperty(name, out _)
                        || check(value, evaluation, evaluated)
                );
            }
        }
    }

    private static void AddNames(SchemaNode node, SchemaNode name) =>
        node.Add(
            "propertyNames",
            (value, evaluation, _) =>
            {
                foreach (var member in Members(value))
                {
                    using var text = JsonDocument.Parse($"\"{JsonEncodedText.Encode(member.Name)}\"");
                    if (!name.IsValid(text.RootElement, evaluation, null))
                    {
                        return false;
                    }
                }

                return true;
            }
        );

    private static void AddUnevaluated(SchemaNode node, SchemaNode rest)
    {
        node.NeedsEvaluated = true;
        node.Add(
            "unevaluatedProperties",
            (value, evaluation, evaluated) =>
            {
                foreach (var member in Members(value))
                {
                    if (!evaluated!.Has(member.Name) && !rest.IsValidAt(AnyName, member.Value, evaluation))
                    {
                        return false;
                    }
                }

                evaluated!.AddAllNames();
                return true;
            }
        );
    }

    private void AddCount(SchemaNode node, string keyword, Func<int, int, bool> isWithin)
    {
        if (ValueKeywords.FindCount(find, keyword, place) is { } bound)
        {
            node.Add(
                keyword,
                (value, _, _) => value.ValueKind != JsonValueKind.Object || isWithin(value.GetPropertyCount(), bound)
            );
        }
    }

    private static bool HasAll(JsonElement value, string[] names, Evaluation evaluation)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        foreach (var name in names)
        {
            if (!evaluation.TryCharge())
            {
                return false;
            }

            if (!value.TryGetProperty(name, out _))
            {
                evaluation.GoTo(name);
                evaluation.Fail("required");
                evaluation.Return();
                return false;
            }
        }

        return true;
    }

    private string[] ReadNames(JsonElement list, string keyword) =>
        list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(name => SchemaCompiler.ReadText(name, place))]
            : throw new SchemaException(place, $"{keyword} is not a list of names.");

    private Dictionary<string, SchemaNode> FindSchemas(string keyword) =>
        find(keyword) is { } schemas
            ? Members(schemas, keyword)
                .ToDictionary(
                    one => one.Name,
                    one => compiler.Compile(one.Value, $"{place}/{keyword}", one.Name),
                    StringComparer.Ordinal
                )
            : [];

    private JsonElement.ObjectEnumerator Members(JsonElement value, string keyword) =>
        value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject()
            : throw new SchemaException(place, $"{keyword} is not an object.");

    private static JsonElement.ObjectEnumerator Members(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default;
}
