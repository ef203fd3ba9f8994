using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The input schema of a pinned tool.</summary>
internal sealed class PinnedSchema
{
    private const string Member = "inputSchema";

    private static readonly SchemaError Unsupported = new("", SchemaError.Unsupported);

    private readonly Schema? schema;

    private PinnedSchema(Schema? schema, string problem) => (this.schema, Problem) = (schema, problem);

    /// <summary>Why arguments cannot be compared with it, so that every call fails; empty where they can.</summary>
    public string Problem { get; }

    public static PinnedSchema Read(Definition tool)
    {
        using var definition = tool.Parse();
        try
        {
            return new PinnedSchema(
                definition.RootElement.TryGetProperty(Member, out var schema) ? Schema.Compile(schema) : null,
                ""
            );
        }
        catch (SchemaException e)
        {
            return new PinnedSchema(null, e.Message);
        }
    }

    /// <summary>The first place where the arguments do not match; null if they do, or if the tool has no schema.</summary>
    public SchemaError? FindError(JsonElement arguments) =>
        Problem.Length > 0 ? Unsupported : schema?.FindError(arguments);
}
