namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>How often one token of an issuer may be exchanged.</summary>
internal enum ReplayMode
{
    /// <summary>As often as it is valid.</summary>
    Off,

    /// <summary>Any number of times, for <see cref="Issuer.ReplayWindowSeconds"/> from its first use.</summary>
    Window,

    /// <summary>Until it expires, by the holder of the key that used it first.</summary>
    BoundReuse,

    SingleUse,
}
