namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>Why the protocol refuses a step.</summary>
internal enum BundleError
{
    /// <summary>The anchor is not in the bundle, or its role does not allow the step.</summary>
    Role,

    /// <summary>
    /// A holder that counts does not hold an epoch that contains the authority, or still needs the other one.
    /// </summary>
    Unacknowledged,

    /// <summary>Leaves of the anchor are still shown to clients.</summary>
    LiveLeaves,

    /// <summary>Nothing that clients could rely on would be left.</summary>
    Empty,

    /// <summary>One epoch would bring one anchor and take another away.</summary>
    AddsAndRemoves,
}
