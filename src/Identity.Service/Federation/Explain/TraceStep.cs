using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>One step of an evaluation: its result and what it read. Never contains a secret or a whole token.</summary>
internal sealed class TraceStep(string name)
{
    // Several checks may make up a step; none of them can add a member twice.
    private readonly OrderedDictionary<string, object> members = new(StringComparer.Ordinal);
    private readonly List<TraceCondition> conditions = [];

    public string Name => name;

    public bool Holds { get; private set; } = true;

    /// <summary>Not checked: there are claims, but no token to verify.</summary>
    public bool IsAssumed { get; private set; }

    /// <summary>The denial's detail, if this step failed.</summary>
    public string? Detail { get; private set; }

    public IReadOnlyList<TraceCondition> Conditions => conditions;

    /// <param name="wasProved">It was checked in the exchange, and is not checked again.</param>
    public void Assume(bool wasProved)
    {
        IsAssumed = !wasProved;
        if (wasProved)
        {
            Add("as", "recorded");
        }
    }

    public void Fail(string? detail)
    {
        Holds = false;
        Detail = detail;
    }

    public void Add(string member, string? value)
    {
        if (value is not null)
        {
            members[member] = value;
        }
    }

    public void Add(string member, long value) => members[member] = value;

    public void Add(TraceCondition condition) => conditions.Add(condition);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("s", Name);
        json.WriteBoolean("ok", Holds);
        if (IsAssumed)
        {
            json.WriteBoolean("assumed", true);
        }

        foreach (var (member, value) in members)
        {
            if (value is long number)
            {
                json.WriteNumber(member, number);
            }
            else
            {
                json.WriteString(member, (string)value);
            }
        }

        if (Detail is not null)
        {
            json.WriteString("detail", Detail);
        }

        if (conditions.Count > 0)
        {
            json.WriteStartArray("conds");
            foreach (var condition in conditions)
            {
                condition.WriteTo(json);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
