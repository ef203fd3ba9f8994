using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A definition in a file of pins.</summary>
/// <param name="Digest">Empty without a definition.</param>
/// <param name="By">The approver: a user of the operating system, or <c>trust_first_use</c>.</param>
internal sealed record StoredPin(
    string Kind,
    string Name,
    string Digest = "",
    string Core = "",
    string Json = "",
    string By = "",
    DateTimeOffset At = default,
    string Classes = "",
    bool Ambiguous = false,
    DateTimeOffset? ListedAt = null,
    string LooksLike = ""
)
{
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
        new(
            Kind: definition.Key.KindName,
            Name: definition.Key.Name,
            Digest: definition.Digest,
            Core: definition.Core,
            Json: definition.Json,
            By: by,
            At: at
        );
}
