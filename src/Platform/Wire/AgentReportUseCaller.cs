using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// How often one caller called a name. Where a route does not authenticate its callers, the three names are empty;
/// callers beyond the limits are <see cref="Other"/> together.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUseCaller
{
    /// <summary>Callers of one name that are listed separately.</summary>
    public const int MaxPerName = 20;

    /// <summary>Callers of one report, those in <see cref="Other"/> included; the service refuses more.</summary>
    public const int MaxPerReport = 400;

    /// <summary>Characters of an issuer, a subject or a client id; the service refuses more.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Issuer, subject and client id of all further callers of a name.</summary>
    public const string Other = "(other)";

    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    /// <summary>All of them, whatever was decided.</summary>
    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>Those of <see cref="Calls"/> that were decided <c>deny</c> or <c>refuse</c>.</summary>
    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    [JsonPropertyName("last_called_at")]
    public required DateTime LastCalledAt { get; init; }
}
