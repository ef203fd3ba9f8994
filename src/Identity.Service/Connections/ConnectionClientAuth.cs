namespace Culvert.Identity.Service.Connections;

/// <summary>How the service authenticates at the upstream's token endpoint (RFC 6749 §2.3).</summary>
internal enum ConnectionClientAuth
{
    /// <summary>A public client: PKCE alone.</summary>
    None,

    ClientSecretBasic,

    ClientSecretPost,

    /// <summary>
    /// OpenID Connect Core §9: an assertion that the service signs. The database has no secret of the client.
    /// </summary>
    PrivateKeyJwt,
}
