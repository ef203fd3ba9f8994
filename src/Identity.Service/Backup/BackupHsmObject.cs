using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <summary>A key that a backup cannot hold.</summary>
/// <param name="Kind">Such as <c>certificate_authority</c>.</param>
/// <param name="Id">Of the record that needs it.</param>
/// <param name="Label">In the token; null where it is sealed.</param>
internal sealed record BackupHsmObject(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("label")] string? Label
);
