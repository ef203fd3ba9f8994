namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>How the agent proves itself to an upstream (A17).</summary>
internal enum CredentialType
{
    None,

    /// <summary>A fixed header value.</summary>
    Static,

    /// <summary>The agent's certificate, in the handshake.</summary>
    MutualTls,

    /// <summary>A token of the agent's own (RFC 6749 §4.4).</summary>
    ClientCredentials,

    /// <summary>A token for the caller, made from the caller's (RFC 8693).</summary>
    TokenExchange,
}
