namespace Culvert.Identity.Service.Http;

/// <summary>What a caller proved itself with.</summary>
internal enum CallerKind
{
    /// <summary>An admin key, stored only as a hash.</summary>
    AdminKey,

    /// <summary>An access token of the token endpoint.</summary>
    AccessToken,

    /// <summary>A tunnel token: good for enrolling an agent of that one tunnel (S5), and for nothing else.</summary>
    TunnelToken,

    /// <summary>A relying party's own credential: good for the trust bundle of its one tunnel (S17).</summary>
    RelyingParty,

    /// <summary>
    /// A person whom the console's identity provider authenticated (S32). In the console, or at the command line.
    /// </summary>
    Person,
}
