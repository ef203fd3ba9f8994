using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A static secret of the agent's configuration: one that no program rotates. Never its value.</summary>
/// <param name="Setting">The key in the agent's file, such as <c>routes.docs.credentials.value</c>.</param>
/// <param name="Kind">One of <see cref="StaticSecretKind"/>.</param>
/// <param name="Source"><see cref="File"/> or <see cref="Environment"/>.</param>
/// <param name="WrittenAt">When the file was last written; null for a variable, and if the file cannot be found.</param>
/// <param name="LastUsedAt">The last use since the agent's start; null if there was none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportSecret(
    string Setting,
    string Kind,
    string Source,
    DateTime? WrittenAt,
    DateTime? LastUsedAt
)
{
    /// <summary>The most secrets of a report; the service refuses more.</summary>
    public const int MaxPerReport = 256;

    /// <summary>The longest setting or kind in characters; the service refuses longer ones.</summary>
    public const int MaxTextLength = 256;

    /// <summary>The <see cref="Source"/> of a secret in a file.</summary>
    public const string File = "file";

    /// <summary>The <see cref="Source"/> of a secret in an environment variable.</summary>
    public const string Environment = "environment";
}
