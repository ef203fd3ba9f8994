namespace Culvert.Identity.Service.Federation.Issuers;

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
