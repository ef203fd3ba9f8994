using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>What the record of a call has of its answer.</summary>
internal sealed class RecordedAnswer
{
    // The types of single values: of what is neither an object nor an array.
    private static readonly string[] Singles = ["string", "integer", "number", "boolean", "null"];

    private readonly List<JsonElement> counts = []; // by the positions of the pointers

    private RecordedAnswer(JsonElement shape, JsonElement judged)
    {
        foreach (var member in shape.EnumerateObject())
        {
            var at = AnswerPath.Whole;
            if (
                member.Value.ValueKind == JsonValueKind.Object
                && (member.Name.Length == 0 || AnswerPath.TryParse(member.Name, out at))
            )
            {
                Pointers.Add(at);
                counts.Add(member.Value);
            }
        }

        IsFromText = shape.TryGetProperty("from", out _);
        Others = ReadNumber(shape, "…");
        RowsCrossed = ReadNumber(judged, "rows");
        RowsRemoved = ReadNumber(judged, "rows_removed");
    }

    /// <summary>The pointers of the described values; empty if the record has no shape.</summary>
    public List<AnswerPath> Pointers { get; } = [];

    /// <summary>Whether the described value was in a text.</summary>
    public bool IsFromText { get; }

    /// <summary>The number of values that the record does not describe.</summary>
    public long Others { get; }

    /// <summary>The records that crossed; 0 if no rule judged the answer.</summary>
    public long RowsCrossed { get; }

    public long RowsRemoved { get; }

    /// <param name="record">A line of the record.</param>
    /// <returns>Null: the record has nothing of the answer.</returns>
    public static RecordedAnswer? Read(JsonElement record)
    {
        var hasShape = record.TryGetProperty("answer_shape", out var shape);
        var isJudged = record.TryGetProperty("answer", out var judged);
        var nothing = JsonElement.Parse("{}");
        return hasShape || isJudged
            ? new RecordedAnswer(hasShape ? shape.Clone() : nothing, isJudged ? judged : nothing)
            : null;
    }

    /// <summary>A number at a pointer: of the values with a type, or a size.</summary>
    /// <param name="pointer">The position of the pointer.</param>
    public long Get(int pointer, string count) => ReadNumber(counts[pointer], count);

    /// <summary>The types of the single values at a pointer.</summary>
    public IEnumerable<string> GetTypes(int pointer) => Singles.Where(type => Get(pointer, type) > 0);

    /// <summary>The number of single values at a pointer.</summary>
    public long CountSingles(int pointer)
    {
        var sum = 0L;
        foreach (var type in Singles)
        {
            sum += Get(pointer, type);
        }

        return sum;
    }

    /// <summary>Whether a value at a pointer could make all of the conditions true. A fraction equals no claim.</summary>
    public bool CanMatch(int pointer, IReadOnlyList<ValueCondition> conditions) =>
        GetTypes(pointer)
            .Any(type => conditions.All(c => (c.Kinds & ToKind(type)) != 0 && !(type == "number" && c.Claims.Any())));

    private static ValueKinds ToKind(string type) =>
        type switch
        {
            "string" => ValueKinds.Text,
            "integer" or "number" => ValueKinds.Number,
            "boolean" => ValueKinds.Boolean,
            _ => ValueKinds.None,
        };

    private static long ReadNumber(JsonElement element, string name) =>
        element.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
}
