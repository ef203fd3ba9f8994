using System.Text.Json.Serialization;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>How a person or a pipeline signed in at one service: no secret, only where the next token comes from.</summary>
internal sealed record SignInRecord
{
    [JsonPropertyName("url")]
    public required string Url { get; init; }

    [JsonPropertyName("organization_id")]
    public required string OrganizationId { get; init; }

    /// <summary>Empty = the person's roles count, as in the console.</summary>
    [JsonPropertyName("rule_id")]
    public required string RuleId { get; init; }

    [JsonPropertyName("service_account_id")]
    public string ServiceAccountId { get; init; } = "";

    [JsonPropertyName("workspace_id")]
    public string WorkspaceId { get; init; } = "";

    /// <summary>The identity provider's token, read again at each exchange.</summary>
    [JsonPropertyName("token_file")]
    public required string TokenFile { get; init; }

    /// <summary>A person must come again when the token is spent: it was got with a code (RFC 8628).</summary>
    [JsonPropertyName("device")]
    public bool IsDevice { get; init; }

    /// <summary>A person must come again when the token is spent: it was got through a browser here (RFC 8252).</summary>
    [JsonPropertyName("browser")]
    public bool IsBrowser { get; init; }

    /// <summary>For people: what the permissions rest on.</summary>
    [JsonIgnore]
    public string Way => RuleId.Length > 0 ? $"by rule {RuleId}" : "with your roles";

    /// <summary>The token is a person's, and its file is ours.</summary>
    [JsonIgnore]
    public bool IsPerson => IsDevice || IsBrowser;
}
