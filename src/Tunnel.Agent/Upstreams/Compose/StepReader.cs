using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>Collects the rows of a step from the answers to its calls. Nothing else of an answer is used.</summary>
internal sealed class StepReader(ComposeStep step, StepRows layout)
{
    /// <summary>The size of the rows of one step: characters of text, and eight for each value.</summary>
    public const long MaxCharacters = 16L << 20;

    private readonly List<SqlValue[]> rows = [];

    public IReadOnlyList<SqlValue[]> Rows => rows;

    public long Characters { get; private set; }

    /// <summary>Whether the answers have more records than the step may have.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds the records of an answer. Null if they fit the step.</summary>
    public ComposeFailure? Add(JsonElement result)
    {
        if (FindStructured(result) is not { } structured)
        {
            return Fail("the answer has no structured part");
        }

        if (
            layout.At.Find(structured, out var records) != PointerResult.Found
            || records.ValueKind != JsonValueKind.Array
        )
        {
            return Fail($"the answer has no array at \"{layout.At}\"");
        }

        foreach (var record in records.EnumerateArray())
        {
            if (rows.Count == layout.Max)
            {
                IsCut = true;
                return null;
            }

            if (Read(record) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private ComposeFailure? Read(JsonElement record)
    {
        var row = new SqlValue[layout.Columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            // A member that a record does not have is null, as in SQL.
            var (name, at) = layout.Columns[i];
            if (at.Find(record, out var value) == PointerResult.Found && !SqlValue.TryRead(value, out row[i]))
            {
                return Fail($"a value for the column {name} is not text, a number of 64 bits, a boolean or null");
            }

            Characters += sizeof(long) + (row[i].Text?.Length ?? 0);
        }

        if (Characters > MaxCharacters)
        {
            return new ComposeFailure(
                ComposeFailure.Limit,
                step.Name,
                $"its rows have more than {MaxCharacters >> 20} MiB"
            );
        }

        rows.Add(row);
        return null;
    }

    private JsonElement? FindStructured(JsonElement result)
    {
        if (result.TryGetProperty("structuredContent"u8, out var structured))
        {
            return structured;
        }

        if (
            !step.ReadsText
            || !result.TryGetProperty("content"u8, out var content)
            || content.ValueKind != JsonValueKind.Array
            || content.GetArrayLength() != 1
            || content[0] is not { ValueKind: JsonValueKind.Object } item
            || !item.TryGetProperty("text"u8, out var text)
            || text.ValueKind != JsonValueKind.String
        )
        {
            return null;
        }

        try
        {
            var parsed = JsonElement.Parse(text.GetString()!);
            return parsed.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? parsed : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    private ComposeFailure Fail(string detail) => new(ComposeFailure.StepFailed, step.Name, detail);
}
