using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <summary>The end of a node's audit chain.</summary>
/// <param name="Sequence">The number of its latest entry.</param>
/// <param name="Head">That entry's hash, lower-case hex.</param>
internal sealed record BackupChain(
    [property: JsonPropertyName("node")] string Node,
    [property: JsonPropertyName("sequence")] long Sequence,
    [property: JsonPropertyName("head")] string Head
);
