using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>
/// A tool of the agent's own that calls tools of other routes and returns what the operator selects from their answers. Without a
/// statement it has one step: the same tool with another name, narrower arguments or fewer fields.
/// </summary>
internal sealed record ComposedTool
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>The JSON Schema of the arguments, as the definition has it.</summary>
    public required JsonElement InputSchema { get; init; }

    public required Schema Input { get; init; }

    /// <summary>Null if the operator wrote none.</summary>
    public JsonElement? OutputSchema { get; init; }

    public Schema? Output { get; init; }

    /// <summary>In the file's order, which is also that of the findings about them.</summary>
    public required IReadOnlyList<ComposeStep> Steps { get; init; }

    /// <summary>Null for a tool of one step that returns its rows, or its whole answer.</summary>
    public JoinQuery? Query { get; init; }

    /// <summary>The rows of the statement.</summary>
    public int MaxRows { get; init; }

    /// <summary>
    /// Whether the last step runs after the statement, and only if that returned a row. Such a step may write, and gets columns
    /// of the first row.
    /// </summary>
    public bool RequiresRows { get; init; }

    /// <summary>The claims of the caller's token that the steps and the statement use.</summary>
    public IEnumerable<string> Claims =>
        Steps
            .SelectMany(s => s.Arguments)
            .Where(a => a.Source == ArgumentSource.Claim)
            .Select(a => a.Text)
            .Concat(Query?.Claims ?? [])
            .Distinct();

    /// <summary>The steps whose rows the statement reads; all of a tool without a statement.</summary>
    public IReadOnlyList<ComposeStep> Readers => RequiresRows ? [.. Steps.SkipLast(1)] : Steps;

    /// <summary>Whether the tool changes nothing, whatever its members' annotations are: with others it is not run.</summary>
    public bool IsReadOnly => Query is not null && !RequiresRows;

    /// <summary>The steps in groups. Those of one group run at the same time, after all groups before it.</summary>
    public IReadOnlyList<IReadOnlyList<ComposeStep>> CreateWaves()
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var step in Readers)
        {
            depths[step.Name] = step.ForEach is { } before ? depths[before] + 1 : 0;
        }

        return [.. Readers.GroupBy(s => depths[s.Name]).OrderBy(g => g.Key).Select(g => g.ToList())];
    }

    /// <summary>
    /// The first step that may write where none may: one step may, after the rows that it depends on are known. Null if there is
    /// none.
    /// </summary>
    /// <param name="isReadOnly">Whether the pinned definition of a step's tool says that it only reads.</param>
    public ComposeStep? FindForbiddenWrite(Func<ComposeStep, bool> isReadOnly) =>
        (Query is null ? [] : Readers).FirstOrDefault(s => !s.OnlyReads && !isReadOnly(s));

    /// <summary>Writes the entry of <c>tools/list</c>.</summary>
    public void WriteDefinition(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Name);
        json.WriteString("description"u8, Description);
        json.WritePropertyName("inputSchema"u8);
        InputSchema.WriteTo(json);
        if (OutputSchema is { } output)
        {
            json.WritePropertyName("outputSchema"u8);
            output.WriteTo(json);
        }

        if (IsReadOnly)
        {
            json.WriteStartObject("annotations"u8);
            json.WriteBoolean("readOnlyHint"u8, true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
