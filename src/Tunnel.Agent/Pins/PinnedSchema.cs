using System.Collections.Frozen;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>What the agent reads of the pinned definition of a tool: its schemas and an annotation.</summary>
internal sealed class PinnedSchema
{
    private const string Member = "inputSchema";
    private const string OutputMember = "outputSchema";
    private const string Properties = "properties";
    private const string HeaderKeyword = "x-mcp-header";

    private static readonly SchemaError Unsupported = new("", SchemaError.Unsupported);

    private readonly Schema? schema;

    private PinnedSchema(Schema? schema, string problem) => (this.schema, Problem) = (schema, problem);

    /// <summary>
    /// The arguments that headers repeat: header names without <c>Mcp-Param-</c>, case-insensitive, to the member names
    /// on the path to the argument. Only paths of <c>properties</c> count (SEP-2243). A header that two arguments declare
    /// is omitted: it would be ambiguous.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; private init; } =
        FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>Why the schema cannot check arguments, so that every call fails; empty when it can.</summary>
    public string Problem { get; }

    /// <summary>Whether the annotations of the tool say that it only reads.</summary>
    public bool IsReadOnly { get; private init; }

    /// <summary>Whether the tool declares the form of its answers.</summary>
    public bool HasOutput { get; private init; }

    private Schema? Output { get; init; } // null if there is none, or if it cannot be evaluated

    public static PinnedSchema Read(Definition tool)
    {
        using var definition = tool.Parse();
        var isReadOnly =
            definition.RootElement.TryGetProperty("annotations", out var annotations)
            && annotations.ValueKind == JsonValueKind.Object
            && annotations.TryGetProperty("readOnlyHint", out var hint)
            && hint.ValueKind == JsonValueKind.True;
        var hasOutput = definition.RootElement.TryGetProperty(OutputMember, out var output);
        var answers = hasOutput ? TryCompile(output, out _) : null;
        if (!definition.RootElement.TryGetProperty(Member, out var schema))
        {
            return new PinnedSchema(null, "")
            {
                IsReadOnly = isReadOnly,
                HasOutput = hasOutput,
                Output = answers,
            };
        }

        var arguments = TryCompile(schema, out var problem);
        return new PinnedSchema(arguments, problem)
        {
            IsReadOnly = isReadOnly,
            Headers = arguments is null ? FrozenDictionary<string, IReadOnlyList<string>>.Empty : ReadHeaders(schema),
            HasOutput = hasOutput,
            Output = answers,
        };
    }

    /// <summary>The first mismatch of the arguments; null without one, or if the tool has no schema.</summary>
    public SchemaError? FindError(JsonElement arguments) =>
        Problem.Length > 0 ? Unsupported : schema?.FindError(arguments);

    /// <summary>The first mismatch of a structured part; null without one, or if the tool declares no form.</summary>
    public SchemaError? FindOutputError(JsonElement structured) =>
        HasOutput && Output is null ? Unsupported : Output?.FindError(structured);

    private static Schema? TryCompile(JsonElement schema, out string problem)
    {
        problem = "";
        try
        {
            return Schema.Compile(schema);
        }
        catch (SchemaException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static FrozenDictionary<string, IReadOnlyList<string>> ReadHeaders(JsonElement schema)
    {
        var declared = new List<(string Header, IReadOnlyList<string> Path)>();
        Collect(schema, []);
        return declared
            .GroupBy(d => d.Header, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() == 1)
            .ToFrozenDictionary(g => g.Key, g => g.First().Path, StringComparer.OrdinalIgnoreCase);

        void Collect(JsonElement within, IReadOnlyList<string> path)
        {
            if (
                within.ValueKind != JsonValueKind.Object
                || !within.TryGetProperty(Properties, out var properties)
                || properties.ValueKind != JsonValueKind.Object
            )
            {
                return;
            }

            foreach (var property in properties.EnumerateObject())
            {
                IReadOnlyList<string> at = [.. path, property.Name];
                if (
                    property.Value.ValueKind == JsonValueKind.Object
                    && property.Value.TryGetProperty(HeaderKeyword, out var header)
                    && header.ValueKind == JsonValueKind.String
                )
                {
                    declared.Add((header.GetString()!, at));
                }

                Collect(property.Value, at);
            }
        }
    }
}
