namespace Culvert.Identity.Service.People;

/// <summary>What withdrew a person's access.</summary>
internal enum OffBoardingSource
{
    /// <summary>An administrator.</summary>
    Operator,

    /// <summary>A directory by SCIM (RFC 7644).</summary>
    Scim,

    /// <summary>A security event token (RFC 8417).</summary>
    Signal,
}
