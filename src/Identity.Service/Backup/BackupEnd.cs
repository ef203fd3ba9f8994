using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <summary>The last line of a backup: without it, or with another content before it, the file is none.</summary>
internal sealed record BackupEnd
{
    /// <summary>Rows of all tables.</summary>
    [JsonPropertyName("rows")]
    public required long Rows { get; init; }

    /// <summary>
    /// The SHA-256 of everything before this line, sealed with the sealing key: only who has that could have written the
    /// file.
    /// </summary>
    [JsonPropertyName("seal")]
    public required byte[] Seal { get; init; }
}
