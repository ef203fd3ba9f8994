using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.StaticSecrets;

/// <summary>A secret that only a person replaces, without its value.</summary>
/// <param name="Holder"><c>agent</c> or <c>service</c>.</param>
/// <param name="TunnelId">The tunnel of the agent or of the connection; null for others.</param>
/// <param name="InstanceId">The agent; null for a secret of the service.</param>
/// <param name="ObjectId">
/// The connection, webhook or issuer whose secret the service stores; null for a secret of a configuration.
/// </param>
/// <param name="Setting">The key in the configuration of the holder, or the member of the object.</param>
/// <param name="Kind">What it is, such as <c>client_secret</c>.</param>
/// <param name="Source"><c>file</c>, <c>environment</c>, or <c>stored</c> for a sealed one in the database.</param>
/// <param name="WrittenAt">When it was last set, or its file written; null if that is not known.</param>
/// <param name="LastUsedAt">The last known use; null if there was none, or if uses are not recorded.</param>
/// <param name="ReportedAt">When the agent reported it; null for a secret of the service.</param>
internal sealed record StaticSecretDocument(
    string Holder,
    string? TunnelId,
    string? InstanceId,
    string? ObjectId,
    string Setting,
    string Kind,
    string Source,
    DateTime? WrittenAt,
    DateTime? LastUsedAt,
    DateTime? ReportedAt
)
{
    public const string Agent = "agent";
    public const string Service = "service";
    public const string Stored = "stored";

    [JsonPropertyOrder(-1)]
    public string Type { get; } = "static_secret";
}
