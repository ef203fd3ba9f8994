using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <param name="At">The pointer of the constraint; never the value there.</param>
/// <param name="Condition">The key of the condition that is false.</param>
internal sealed record ArgumentError(string At, string Condition)
{
    private const string OfSchema = "schema.";

    /// <summary>The keyword of the approved input schema that is not satisfied; null for a rule's condition.</summary>
    public string? Keyword =>
        Condition.StartsWith(OfSchema, StringComparison.Ordinal) ? Condition[OfSchema.Length..] : null;

    public static ArgumentError From(SchemaError error) => new(error.At, OfSchema + error.Keyword);
}
