namespace Culvert.Identity.Service.Http;

internal enum CallerKind
{
    AdminKey,

    AccessToken,

    /// <summary>A tunnel token: valid only for enrolling agents of its tunnel (S5).</summary>
    TunnelToken,

    /// <summary>A relying party's own credential: valid only for the trust bundle of its tunnel (S17).</summary>
    RelyingParty,

    /// <summary>
    /// A person authenticated by the console's identity provider (S32), in the console or on the command line.
    /// </summary>
    Person,
}
