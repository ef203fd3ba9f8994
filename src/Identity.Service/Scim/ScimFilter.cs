using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Scim;

internal enum ScimOperator
{
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
    Pr,
}

/// <summary>A filter (RFC 7644 §3.4.2.2) that <see cref="ScimFilterParser"/> has checked against the schema.</summary>
internal abstract record ScimFilter
{
    /// <summary>Whether the object matches: a resource, or one value of an attribute.</summary>
    public abstract bool Matches(JsonObject target);

    /// <summary>Whether the filter compares that attribute.</summary>
    public abstract bool Mentions(string attribute);

    /// <summary>A comparison with eq that every match fulfils, of one of these attributes; null = there is none.</summary>
    public virtual ScimComparison? FindRequired(IReadOnlyList<string> attributes) => null;
}

internal sealed record ScimAnd(ScimFilter Left, ScimFilter Right) : ScimFilter
{
    public override bool Matches(JsonObject target) => Left.Matches(target) && Right.Matches(target);

    public override bool Mentions(string attribute) => Left.Mentions(attribute) || Right.Mentions(attribute);

    public override ScimComparison? FindRequired(IReadOnlyList<string> attributes) =>
        Left.FindRequired(attributes) ?? Right.FindRequired(attributes);
}

internal sealed record ScimOr(ScimFilter Left, ScimFilter Right) : ScimFilter
{
    public override bool Matches(JsonObject target) => Left.Matches(target) || Right.Matches(target);

    public override bool Mentions(string attribute) => Left.Mentions(attribute) || Right.Mentions(attribute);
}

internal sealed record ScimNot(ScimFilter Inner) : ScimFilter
{
    public override bool Matches(JsonObject target) => !Inner.Matches(target);

    public override bool Mentions(string attribute) => Inner.Mentions(attribute);
}

/// <summary><c>emails[type eq "work"]</c>: one value fulfils the whole inner filter.</summary>
internal sealed record ScimValueFilter(ScimAttribute Attribute, ScimFilter Inner) : ScimFilter
{
    public override bool Matches(JsonObject target) =>
        target[Attribute.Name] is JsonArray values && values.OfType<JsonObject>().Any(Inner.Matches);

    public override bool Mentions(string attribute) => Attribute.Name == attribute;
}

/// <param name="Value">A string, a boolean, a time, or null for <c>pr</c> and for a comparison with null.</param>
internal sealed record ScimComparison(ScimPath Path, ScimOperator Operator, object? Value) : ScimFilter
{
    public override bool Matches(JsonObject target)
    {
        var values = FindValues(target);
        return Operator switch
        {
            ScimOperator.Pr => values.Any(),
            ScimOperator.Ne => Value is null ? values.Any() : !values.Any(IsEqual),
            ScimOperator.Eq when Value is null => !values.Any(),
            _ => values.Any(IsMatch),
        };
    }

    public override bool Mentions(string attribute) => Path.Attribute.Name == attribute;

    public override ScimComparison? FindRequired(IReadOnlyList<string> attributes) =>
        Operator == ScimOperator.Eq && Value is string && Path.Sub is null && attributes.Contains(Path.Attribute.Name)
            ? this
            : null;

    private IEnumerable<JsonNode> FindValues(JsonObject target)
    {
        var holders =
            target[Path.Attribute.Name] is JsonArray many ? many.OfType<JsonObject>()
            : Path.Attribute.Type == ScimDataType.Complex ? (target[Path.Attribute.Name] is JsonObject one ? [one] : [])
            : null;
        if (holders is null)
        {
            return target[Path.Attribute.Name] is { } value ? [value] : [];
        }

        return Path.Compared is { } sub ? holders.Select(holder => holder[sub.Name]).OfType<JsonNode>() : holders;
    }

    private bool IsMatch(JsonNode node)
    {
        if (Operator == ScimOperator.Eq)
        {
            return IsEqual(node);
        }

        return Value switch
        {
            string text => GetText(node) is { } found
                && Operator switch
                {
                    ScimOperator.Co => found.Contains(text, Comparison),
                    ScimOperator.Sw => found.StartsWith(text, Comparison),
                    _ => found.EndsWith(text, Comparison),
                },
            DateTimeOffset time => GetTime(node) is { } found
                && Operator switch
                {
                    ScimOperator.Gt => found > time,
                    ScimOperator.Ge => found >= time,
                    ScimOperator.Lt => found < time,
                    _ => found <= time,
                },
            _ => false,
        };
    }

    private bool IsEqual(JsonNode node) =>
        Value switch
        {
            string text => GetText(node)?.Equals(text, Comparison) == true,
            bool flag => node.GetValueKind() == (flag ? JsonValueKind.True : JsonValueKind.False),
            DateTimeOffset time => GetTime(node) == time,
            _ => false,
        };

    private StringComparison Comparison =>
        Path.Compared is { IsCaseExact: true } ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private static string? GetText(JsonNode node) =>
        node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static DateTimeOffset? GetTime(JsonNode node) =>
        GetText(node) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
