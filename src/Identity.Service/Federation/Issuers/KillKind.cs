namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What one stored line of a kill covers.</summary>
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
