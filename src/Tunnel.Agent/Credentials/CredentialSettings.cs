using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Credentials.Google;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A route's <c>credentials</c>.</summary>
internal sealed record CredentialSettings
{
    public static readonly CredentialSettings None = new() { Type = CredentialType.None };

    public required CredentialType Type { get; init; }

    public string Header { get; init; } = "Authorization";

    /// <summary>The value of a static credential: sent unchanged, read again at each use.</summary>
    public SecretReference? Value { get; init; }

    /// <summary>Where to get tokens, for the types that use one.</summary>
    public TokenSettings? Token { get; init; }

    public AwsSettings? Aws { get; init; }

    public GoogleSettings? Google { get; init; }

    /// <summary>The name of an entry of the service's <c>github_apps</c>; empty for the other types.</summary>
    public string GitHubApp { get; init; } = "";

    /// <summary>Whether claims of the caller become a part of the credential.</summary>
    public bool ReadsClaims => Aws?.SessionTags.Count > 0;
}
