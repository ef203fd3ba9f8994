using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Backup;

/// <param name="Kind">The kind of object, such as <c>certificate_authority</c>.</param>
/// <param name="Label">The label in the token; null if it is sealed.</param>
internal sealed record BackupHsmObject(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("label")] string? Label
);
