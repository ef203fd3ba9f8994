using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A definition in a file of pins.</summary>
internal sealed record StoredPin
{
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Empty without a definition.</summary>
    public string Digest { get; init; } = "";

    public string Core { get; init; } = "";

    public string Json { get; init; } = "";

    /// <summary>The approver: a user of the operating system, or <c>trust_first_use</c>.</summary>
    public string By { get; init; } = "";

    public DateTimeOffset At { get; init; }

    public string Classes { get; init; } = "";

    public bool Ambiguous { get; init; }

    public DateTimeOffset? ListedAt { get; init; }

    public string LooksLike { get; init; } = "";

    /// <summary>An unknown kind reads as a tool.</summary>
    [JsonIgnore]
    public PinKey Key => new(PinKey.TryParseKind(Kind, out var kind) ? kind : PinKind.Tool, Name);

    /// <summary>
    /// Null for an unknown kind, or without a definition. Computes the digest again: old files may differ.
    /// </summary>
    public Definition? ToDefinition() =>
        Digest.Length > 0 && PinKey.TryParseKind(Kind, out var kind)
            ? Definition.TryRead(new PinKey(kind, Name), Json)
                ?? new Definition(new PinKey(kind, Name), Digest, Core, Json)
            : null;

    public static StoredPin From(Definition definition, string by, DateTimeOffset at) =>
        new()
        {
            Kind = definition.Key.KindName,
            Name = definition.Key.Name,
            Digest = definition.Digest,
            Core = definition.Core,
            Json = definition.Json,
            By = by,
            At = at,
        };
}
