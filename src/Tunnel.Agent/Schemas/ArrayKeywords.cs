using System.Runtime.InteropServices;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Keywords about arrays (JSON Schema Core 2020-12 §10.3.1 and §11.2, Validation §6.4).</summary>
internal sealed class ArrayKeywords(SchemaCompiler compiler, Func<string, JsonElement?> find, string place)
{
    private const string AnyItem = "*";

    public void AddTo(SchemaNode node)
    {
        AddCount(node, "minItems", static (count, bound) => count >= bound);
        AddCount(node, "maxItems", static (count, bound) => count <= bound);
        AddItems(node);
        if (find("contains") is { } contained)
        {
            AddContains(node, compiler.Compile(contained, place, "contains"));
        }

        if (find("uniqueItems") is { ValueKind: JsonValueKind.True })
        {
            node.Add("uniqueItems", (value, evaluation, _) => !IsArray(value) || AreUnique(value, evaluation));
        }

        if (find("unevaluatedItems") is { } rest)
        {
            AddUnevaluated(node, compiler.Compile(rest, place, "unevaluatedItems"));
        }
    }

    // Until 2019-09, items may be a list of schemas, and additionalItems has the schema of the other elements.
    private void AddItems(SchemaNode node)
    {
        var items = find("items");
        var isOldList = items is { ValueKind: JsonValueKind.Array };
        if (isOldList && compiler.Dialect == SchemaDialect.Draft2020)
        {
            throw new SchemaException(place, "items is not a schema.");
        }

        var (first, firstName) = isOldList ? (items, "items") : (find("prefixItems"), "prefixItems");
        var (rest, restName) = isOldList ? (find("additionalItems"), "additionalItems") : (items, "items");
        if (first is { ValueKind: not JsonValueKind.Array })
        {
            throw new SchemaException(place, $"{firstName} is not a list of schemas.");
        }

        SchemaNode[] prefix =
        [
            .. first?.EnumerateArray().Select((one, index) => compiler.Compile(one, $"{place}/{firstName}", $"{index}"))
                ?? [],
        ];
        var others = rest is { } schema ? compiler.Compile(schema, place, restName) : null;
        if (prefix.Length == 0 && others is null)
        {
            return;
        }

        node.Add(
            restName,
            (value, evaluation, evaluated) =>
            {
                var index = 0;
                foreach (var item in Items(value))
                {
                    var its = index < prefix.Length ? prefix[index] : others;
                    if (its is null)
                    {
                        break;
                    }

                    if (!its.IsValidAt(AnyItem, item, evaluation))
                    {
                        return false;
                    }

                    evaluated?.Add(index);
                    index++;
                }

                return true;
            }
        );
    }

    private void AddContains(SchemaNode node, SchemaNode contained)
    {
        var least = ValueKeywords.FindCount(find, "minContains", place) ?? 1;
        var most = ValueKeywords.FindCount(find, "maxContains", place) ?? int.MaxValue;
        var notes = compiler.Dialect == SchemaDialect.Draft2020;
        node.Add(
            "contains",
            (value, evaluation, evaluated) =>
            {
                var (count, index) = (0, 0);
                foreach (var item in Items(value))
                {
                    if (contained.Matches(item, evaluation, null))
                    {
                        count++;
                        if (notes)
                        {
                            evaluated?.Add(index);
                        }
                    }

                    index++;
                }

                return !IsArray(value) || (count >= least && count <= most);
            }
        );
    }

    private static void AddUnevaluated(SchemaNode node, SchemaNode rest)
    {
        node.NeedsEvaluated = true;
        node.Add(
            "unevaluatedItems",
            (value, evaluation, evaluated) =>
            {
                var index = 0;
                foreach (var item in Items(value))
                {
                    if (!evaluated!.Has(index++) && !rest.IsValidAt(AnyItem, item, evaluation))
                    {
                        return false;
                    }
                }

                evaluated!.AddAllItems();
                return true;
            }
        );
    }

    private void AddCount(SchemaNode node, string keyword, Func<int, int, bool> isWithin)
    {
        if (ValueKeywords.FindCount(find, keyword, place) is { } bound)
        {
            node.Add(keyword, (value, _, _) => !IsArray(value) || isWithin(value.GetArrayLength(), bound));
        }
    }

    private static bool AreUnique(JsonElement array, Evaluation evaluation)
    {
        var seen = new Dictionary<int, List<JsonElement>>();
        foreach (var item in array.EnumerateArray())
        {
            var key = GetHash(item);
            if (!seen.TryGetValue(key, out var alike))
            {
                seen[key] = alike = [];
            }

            foreach (var other in alike)
            {
                if (ValueKeywords.AreEqual(item, other, evaluation))
                {
                    return false;
                }
            }

            if (!evaluation.TryCharge())
            {
                return false;
            }

            alike.Add(item);
        }

        return true;
    }

    // Equal values have equal hashes.
    private static int GetHash(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => string.GetHashCode(value.GetString(), StringComparison.Ordinal),
            JsonValueKind.Number => JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var number)
                ? string.GetHashCode(number.ToString(), StringComparison.Ordinal)
                : 0,
            JsonValueKind.Array => value.GetArrayLength(),
            JsonValueKind.Object => value.GetPropertyCount(),
            _ => (int)value.ValueKind,
        };

    private static bool IsArray(JsonElement value) => value.ValueKind == JsonValueKind.Array;

    private static JsonElement.ArrayEnumerator Items(JsonElement value) =>
        IsArray(value) ? value.EnumerateArray() : default;
}
