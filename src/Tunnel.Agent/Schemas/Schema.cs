using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// A JSON Schema (2020-12, 2019-09, or drafts 6 and 7), compiled once. Nothing is fetched: references must be to the
/// schema itself. <c>format</c> and the content keywords are annotations, as in the standard.
/// </summary>
/// <remarks>
/// JsonSchema.Net, the usual library, has no bound on the work for one value. Here <see cref="Evaluation.MaxSteps"/> is
/// one, and patterns take linear time.
/// </remarks>
internal sealed class Schema
{
    private readonly SchemaNode root;

    private Schema(SchemaNode root) => this.root = root;

    /// <exception cref="SchemaException">The schema is malformed, or has an unsupported part.</exception>
    public static Schema Compile(JsonElement schema) => new(new SchemaCompiler(schema).Compile());

    /// <summary>The first mismatch of the value; null without one.</summary>
    public SchemaError? FindError(JsonElement value)
    {
        var evaluation = new Evaluation();
        bool isValid;
        try
        {
            isValid = root.IsValid(value, evaluation, null);
        }
        catch (InvalidOperationException)
        {
            return new SchemaError("", SchemaError.Unreadable); // half a surrogate pair
        }

        return evaluation.AbortReason is { } why ? new SchemaError("", why)
            : isValid ? null
            : evaluation.Error ?? new SchemaError("", "schema");
    }
}
