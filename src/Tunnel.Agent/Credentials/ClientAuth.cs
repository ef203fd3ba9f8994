namespace Culvert.Tunnel.Agent.Credentials;

internal enum ClientAuth
{
    /// <summary>RFC 7523 §2.2: a JWT signed by the agent's own key.</summary>
    PrivateKeyJwt,

    /// <summary>RFC 6749 §2.3.1, in the header.</summary>
    SecretBasic,

    /// <summary>RFC 6749 §2.3.1, in the body.</summary>
    SecretPost,

    /// <summary>RFC 7523 §2.2: a JWT that the identity service or the agent's platform signed; the agent has no key.</summary>
    Federated,

    /// <summary>RFC 8705 §2: the agent's client certificate.</summary>
    Tls,
}
