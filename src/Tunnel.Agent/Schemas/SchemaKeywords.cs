using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

internal sealed class SchemaKeywords(SchemaCompiler compiler, JsonElement schema, string place)
{
    // Each keyword belongs to the dialects from the first to the last. "dependencies" belongs to all: the standard
    // retains it for older schemas (Validation 2020-12 appendix A), which often do not state their version.
    private static readonly (string Keyword, SchemaDialect First, SchemaDialect Last)[] Known =
    [
        ("additionalItems", SchemaDialect.Draft7, SchemaDialect.Draft2019),
        ("dependentRequired", SchemaDialect.Draft2019, SchemaDialect.Draft2020),
        ("dependentSchemas", SchemaDialect.Draft2019, SchemaDialect.Draft2020),
        ("minContains", SchemaDialect.Draft2019, SchemaDialect.Draft2020),
        ("maxContains", SchemaDialect.Draft2019, SchemaDialect.Draft2020),
        ("unevaluatedItems", SchemaDialect.Draft2019, SchemaDialect.Draft2020),
        ("unevaluatedProperties", SchemaDialect.Draft2019, SchemaDialect.Draft2020),
        ("$recursiveRef", SchemaDialect.Draft2019, SchemaDialect.Draft2019),
        ("prefixItems", SchemaDialect.Draft2020, SchemaDialect.Draft2020),
        ("$dynamicRef", SchemaDialect.Draft2020, SchemaDialect.Draft2020),
    ];

    /// <exception cref="SchemaException">A keyword has an invalid value, or is not supported.</exception>
    public void AddTo(SchemaNode node)
    {
        if (Find("$ref") is { } reference)
        {
            var target = compiler.Resolve(reference, place);
            node.Add("$ref", target.IsValid);
            if (compiler.Dialect == SchemaDialect.Draft7)
            {
                return; // in these dialects $ref overrides all other keywords
            }
        }

        if (Find("$dynamicRef") is not null || Find("$recursiveRef") is not null)
        {
            throw new SchemaException(place, "dynamic references are not supported.");
        }

        ValueKeywords.AddTo(node, Find, place);
        AddBranches(node);
        new ArrayKeywords(compiler, Find, place).AddTo(node);
        new ObjectKeywords(compiler, Find, place).AddTo(node);
    }

    private JsonElement? Find(string keyword)
    {
        foreach (var (known, first, last) in Known)
        {
            if (known == keyword && (compiler.Dialect < first || compiler.Dialect > last))
            {
                return null; // an annotation in this dialect
            }
        }

        return schema.TryGetProperty(keyword, out var value) ? value : null;
    }

    private void AddBranches(SchemaNode node)
    {
        if (FindList("allOf") is { } all)
        {
            node.Add(
                "allOf",
                (value, evaluation, evaluated) => all.All(one => one.IsValid(value, evaluation, evaluated))
            );
        }

        if (FindList("anyOf") is { } any)
        {
            // If a keyword depends on what they evaluate, all alternatives are evaluated.
            node.Add(
                "anyOf",
                (value, evaluation, evaluated) =>
                {
                    var isValid = false;
                    foreach (var one in any)
                    {
                        isValid |= (!isValid || evaluated is not null) && one.Matches(value, evaluation, evaluated);
                    }

                    return isValid;
                }
            );
        }

        if (FindList("oneOf") is { } alternatives)
        {
            node.Add(
                "oneOf",
                (value, evaluation, evaluated) =>
                    alternatives.Count(one => one.Matches(value, evaluation, evaluated)) == 1
            );
        }

        if (Find("not") is { } not)
        {
            var forbidden = compiler.Compile(not, place, "not");
            node.Add("not", (value, evaluation, _) => !forbidden.Matches(value, evaluation, null));
        }

        if (Find("if") is { } condition)
        {
            AddCondition(node, compiler.Compile(condition, place, "if"));
        }
    }

    private void AddCondition(SchemaNode node, SchemaNode condition)
    {
        var then = Find("then") is { } t ? compiler.Compile(t, place, "then") : null;
        var otherwise = Find("else") is { } e ? compiler.Compile(e, place, "else") : null;
        node.Add(
            "if",
            (value, evaluation, evaluated) =>
                (condition.Matches(value, evaluation, evaluated) ? then : otherwise)?.IsValid(
                    value,
                    evaluation,
                    evaluated
                ) ?? true
        );
    }

    private List<SchemaNode>? FindList(string keyword)
    {
        if (Find(keyword) is not { } list)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            throw new SchemaException(place, $"{keyword} is not a list of schemas.");
        }

        return
        [
            .. list.EnumerateArray().Select((one, index) => compiler.Compile(one, $"{place}/{keyword}", $"{index}")),
        ];
    }
}
