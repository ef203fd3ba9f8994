namespace Culvert.Identity.Service.Tenants;

internal enum AdminKeyConflict
{
    /// <summary>Another caller revoked it meanwhile.</summary>
    Revoked,

    /// <summary>It names a person already, or was made with another key.</summary>
    Owned,

    /// <summary>As many keys are live as may be.</summary>
    Limit,
}
