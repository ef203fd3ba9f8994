using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <summary>The last line of a backup: without it, or with other content before it, the file is invalid.</summary>
/// <param name="Seal">
/// The SHA-256 of everything before this line, sealed with the sealing key: only a holder of that key can have written
/// the file.
/// </param>
internal sealed record BackupEnd(
    [property: JsonPropertyName("rows")] long Rows,
    [property: JsonPropertyName("seal")] byte[] Seal
);
