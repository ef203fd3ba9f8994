namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>How the agent proves itself to an upstream (A17).</summary>
internal enum CredentialType
{
    None,

    /// <summary>A fixed header value.</summary>
    Static,
}
