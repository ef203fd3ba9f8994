namespace Culvert.Identity.Service.Http;

/// <summary>The requirement for calling an endpoint, checked before its handler runs.</summary>
internal sealed record Access
{
    private Access() { }

    /// <summary>No credential; limited per source address (S31).</summary>
    public static Access Anonymous { get; } = new() { Kind = AccessKind.Anonymous };

    /// <summary>Like <see cref="Anonymous"/>, with OAuth errors for form requests.</summary>
    public static Access AnonymousOAuth { get; } = new() { Kind = AccessKind.Anonymous, IsOAuth = true };

    /// <summary>
    /// Like <see cref="Anonymous"/>, with OAuth errors for JSON requests (RFC 7591 §3.2.2); while the endpoint is not offered, it
    /// answers like an unknown path.
    /// </summary>
    public static Access AnonymousRegistration { get; } =
        new()
        {
            Kind = AccessKind.Anonymous,
            IsOAuth = true,
            IsRegistration = true,
        };

    /// <summary>Like <see cref="Anonymous"/>, with the separate limit of revocation lists and OCSP.</summary>
    public static Access AnonymousLists { get; } = new() { Kind = AccessKind.Anonymous, IsOfLists = true };

    /// <summary>
    /// Like <see cref="Anonymous"/>, for security event tokens, whose signature authenticates the sender. Their errors have
    /// the format of RFC 8935 §2.3.
    /// </summary>
    public static Access AnonymousSecurityEvents { get; } =
        new() { Kind = AccessKind.Anonymous, IsOfSecurityEvents = true };

    /// <summary>
    /// Any credential, including tunnel tokens; the handler checks rights. Limited per source address like anonymous calls
    /// until the credential is verified.
    /// </summary>
    public static Access AnyCredential { get; } = new() { Kind = AccessKind.AnyCredential };

    /// <summary>Like <see cref="AnyCredential"/>, with OAuth errors for form requests.</summary>
    public static Access AnyCredentialOAuth { get; } = new() { Kind = AccessKind.AnyCredential, IsOAuth = true };

    public static Access Agent { get; } = new() { Kind = AccessKind.Machine, Role = MachineRole.Agent };

    public static Access Edge { get; } = new() { Kind = AccessKind.Machine, Role = MachineRole.Edge };

    public static Access ManageTunnels { get; } = Scope(Scopes.ManageTunnels);

    public static Access OrganizationAdmin { get; } = Scope(Scopes.OrganizationAdmin);

    public static Access InstallationOperate { get; } = Scope(Scopes.InstallationOperate);

    public static Access CertificateIssue { get; } = Scope(Scopes.CertificateIssue);

    public static Access Scim { get; } = Scope(Scopes.Scim) with { IsScim = true };

    public AccessKind Kind { get; private init; }

    /// <summary>Whether form requests get errors in the format of RFC 6749 §5.2.</summary>
    public bool IsOAuth { get; private init; }

    /// <summary>Whether JSON requests, in place of forms, get errors in that format.</summary>
    public bool IsRegistration { get; private init; }

    /// <summary>Whether errors have the format of RFC 7644 §3.12.</summary>
    public bool IsScim { get; private init; }

    /// <summary>Whether refused tokens get errors in the format of RFC 8935 §2.3.</summary>
    public bool IsOfSecurityEvents { get; private init; }

    /// <summary>For revocation lists and OCSP: many verifiers share an address, and none needs a token.</summary>
    public bool IsOfLists { get; private init; }

    /// <summary>
    /// Whether a request without a credential may have an assertion in its body. It is limited per source address like an
    /// anonymous one, and the handler authenticates the caller.
    /// </summary>
    public bool AcceptsAssertion { get; private init; }

    public string? RequiredScope { get; private init; }

    public MachineRole Role { get; private init; }

    /// <summary>Also accepts an assertion in the body instead of a credential.</summary>
    public Access OrAssertion() => this with { AcceptsAssertion = true };

    private static Access Scope(string scope) => new() { Kind = AccessKind.Scope, RequiredScope = scope };
}
