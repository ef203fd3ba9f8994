using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// How often a caller called an item. Without caller authentication the names are empty. Callers beyond the limits are
/// combined in <see cref="Other"/>.
/// </summary>
/// <param name="Calls">All of them, whatever was decided.</param>
/// <param name="Denied">Calls with the decision <c>deny</c> or <c>refuse</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUseCaller(
    string Issuer,
    string Subject,
    string ClientId,
    long Calls,
    long Denied,
    DateTime LastCalledAt
)
{
    /// <summary>The most callers per item that are listed separately.</summary>
    public const int MaxPerName = 20;

    /// <summary>The most callers of a report, including those in <see cref="Other"/>; the service refuses more.</summary>
    public const int MaxPerReport = 400;

    /// <summary>The longest issuer, subject or client id in characters; the service refuses longer ones.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Issuer, subject and client id of all further callers of an item.</summary>
    public const string Other = "(other)";
}
