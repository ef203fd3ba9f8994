using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <summary>The last line of a backup: without it, or with other content before it, the file is invalid.</summary>
internal sealed record BackupEnd
{
    [JsonPropertyName("rows")]
    public required long Rows { get; init; }

    /// <summary>
    /// The SHA-256 of everything before this line, sealed with the sealing key: only a holder of that key can have written
    /// the file.
    /// </summary>
    [JsonPropertyName("seal")]
    public required byte[] Seal { get; init; }
}
