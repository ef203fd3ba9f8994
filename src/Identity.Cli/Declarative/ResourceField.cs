using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A field that a file may declare. A field that is left out is not managed: apply never changes it.</summary>
internal sealed record ResourceField(string Name, FieldType Type, string Description)
{
    /// <summary>The member of requests and answers, where it has another name; <c>a.b</c> is inside an object.</summary>
    public string Wire { get; init; } = Name;

    /// <summary>The <c>type</c> of the object that <see cref="Wire"/> is inside of; null: it has none.</summary>
    public string? WireType { get; init; }

    /// <summary>How commands write it; null: by no flag of its own.</summary>
    public FieldFlag? Flag { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Given at creation and never changed after it.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The file has names of such objects, the API their ids.</summary>
    public Noun? RefersTo { get; init; }

    /// <summary>The only texts; empty: any.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>
    /// Kept in a place of its own, not in the object (<see cref="Memberships"/>, <see cref="TunnelPolicies"/>).
    /// </summary>
    public bool IsApart { get; init; }

    /// <summary>What is wrong with a value of the right type; null: nothing can be.</summary>
    public Func<JsonNode?, IEnumerable<string>>? FindErrors { get; init; }

    /// <summary>Puts a value where requests have it.</summary>
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
