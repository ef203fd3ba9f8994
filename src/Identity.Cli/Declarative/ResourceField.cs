using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A field that a file may declare. A missing field is not managed: apply never changes it.</summary>
internal sealed record ResourceField(string Name, FieldType Type, string Description)
{
    /// <summary>The member of requests and answers, if its name differs; <c>a.b</c> is inside an object.</summary>
    public string Wire { get; init; } = Name;

    /// <summary>The <c>type</c> of the object that contains <see cref="Wire"/>; null: it has none.</summary>
    public string? WireType { get; init; }

    /// <summary>The command-line form; null: no flag of its own.</summary>
    public FieldFlag? Flag { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Set at creation, never changed afterwards.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The file has names of these objects, the API their ids.</summary>
    public Noun? RefersTo { get; init; }

    /// <summary>The allowed texts; empty: any.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Stored outside the object (<see cref="Memberships"/>, <see cref="TunnelPolicies"/>).</summary>
    public bool IsApart { get; init; }

    /// <summary>Returns the errors of a value of the right type; null: there can be none.</summary>
    public Func<JsonNode?, IEnumerable<string>>? FindErrors { get; init; }

    public void Put(JsonObject body, JsonNode? value)
    {
        var path = Wire.Split('.');
        foreach (var step in path[..^1])
        {
            body = body[step] as JsonObject ?? (JsonObject)(body[step] = new JsonObject())!;
        }

        if (WireType is not null)
        {
            body["type"] = WireType;
        }

        body[path[^1]] = value;
    }
}
