using System.Text.Json.Serialization;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>How a person or a pipeline signed in at one service. No secret, only the next token's source.</summary>
internal sealed record SignInRecord
{
    public required string Url { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Empty = the person's roles apply, as in the console.</summary>
    public required string RuleId { get; init; }

    public string ServiceAccountId { get; init; } = "";

    public string WorkspaceId { get; init; } = "";

    /// <summary>The file with the identity provider's token, read again at each exchange.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The token came from a device code (RFC 8628): the person must sign in again when it expires.</summary>
    [JsonPropertyName("device")]
    public bool IsDevice { get; init; }

    /// <summary>The token came from a browser here (RFC 8252): the person must sign in again when it expires.</summary>
    [JsonPropertyName("browser")]
    public bool IsBrowser { get; init; }

    /// <summary>For people: the basis of the permissions.</summary>
    [JsonIgnore]
    public string Way => RuleId.Length > 0 ? $"by rule {RuleId}" : "with your roles";

    /// <summary>The token is a person's, and this program wrote its file.</summary>
    [JsonIgnore]
    public bool IsPerson => IsDevice || IsBrowser;
}
