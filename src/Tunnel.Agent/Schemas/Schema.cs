using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// A JSON Schema (2020-12, 2019-09, or drafts 6 and 7), compiled once. Nothing is fetched: references are to the schema
/// itself. <c>format</c> and the keywords about content are annotations, as the standard has it.
/// </summary>
/// <remarks>
/// JsonSchema.Net is the library for this; one of its own dependencies is in no registry. The time for one value is bounded
/// by <see cref="Evaluation.MaxSteps"/>, and patterns take linear time.
/// </remarks>
internal sealed class Schema
{
    private readonly SchemaNode root;

    private Schema(SchemaNode root) => this.root = root;

    /// <exception cref="SchemaException">It is not a schema, or has what cannot be checked here.</exception>
    public static Schema Compile(JsonElement schema) => new(new SchemaCompiler(schema).Compile());

    /// <summary>The first place where the value does not match; null if it does.</summary>
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

        return evaluation.GivenUp is { } why ? new SchemaError("", why)
            : isValid ? null
            : evaluation.Error ?? new SchemaError("", "schema");
    }
}
