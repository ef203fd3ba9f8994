namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>How the agent authenticates to an upstream (A17).</summary>
internal enum CredentialType
{
    None,

    Static,

    /// <summary>The agent's client certificate.</summary>
    MutualTls,

    /// <summary>The agent's own token (RFC 6749 §4.4).</summary>
    ClientCredentials,

    /// <summary>A token for the caller, in exchange for the caller's token (RFC 8693).</summary>
    TokenExchange,

    /// <summary>The caller's own token, of a grant that the identity service keeps.</summary>
    PersonGrant,

    /// <summary>A session of an AWS role, which signs requests.</summary>
    Aws,

    /// <summary>A token of a Google Cloud identity.</summary>
    Google,

    /// <summary>A token of a GitHub App's installation.</summary>
    GitHubApp,
}
