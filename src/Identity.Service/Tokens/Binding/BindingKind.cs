namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>What a token is bound to, and whoever uses it must prove again.</summary>
internal enum BindingKind
{
    /// <summary>Nothing: a bearer token.</summary>
    None,

    /// <summary>A key shown by a DPoP proof (RFC 9449): <c>cnf.jkt</c>.</summary>
    Dpop,

    /// <summary>The client certificate of the TLS connection (RFC 8705): <c>cnf.x5t#S256</c>.</summary>
    Certificate,
}
