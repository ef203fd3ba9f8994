using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Scim;

/// <param name="IssuerId">The issuer whose people and groups the directory provisions.</param>
/// <param name="BaseUrl">The URL that the directory is configured with.</param>
/// <param name="SubjectAttribute">
/// The attribute of a user that is the subject of the issuer's tokens: <c>external_id</c> or <c>user_name</c>.
/// </param>
/// <param name="UpdatedAt">When the settings were changed; null = they are the defaults.</param>
internal sealed record ScimSettingsDocument(
    string IssuerId,
    string BaseUrl,
    string SubjectAttribute,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? UpdatedAt,
    [property: JsonPropertyName("updated_by_actor_id")] string? UpdatedBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "scim_settings";

    public static ScimSettingsDocument From(ScimDirectory directory, ServiceIdentity identity) =>
        new(
            IssuerId: directory.IssuerId,
            BaseUrl: ScimOperations.GetUrl(identity, directory.IssuerId),
            SubjectAttribute: WireNames.Get(directory.SubjectAttribute),
            UpdatedAt: directory.UpdatedAt,
            UpdatedBy: directory.UpdatedBy
        );
}
