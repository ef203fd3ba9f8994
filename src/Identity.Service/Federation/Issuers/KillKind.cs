namespace Culvert.Identity.Service.Federation.Issuers;

internal enum KillKind
{
    /// <summary>Every key of that name.</summary>
    Kid,

    /// <summary>That key, by its thumbprint.</summary>
    Key,

    /// <summary>Every set confirmed before the kill.</summary>
    KeySet,

    Issuer,
}
