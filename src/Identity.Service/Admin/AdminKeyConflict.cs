namespace Culvert.Identity.Service.Admin;

internal enum AdminKeyConflict
{
    /// <summary>Somebody else revoked it meanwhile.</summary>
    Revoked,

    /// <summary>As many keys are live as may be.</summary>
    Limit,
}
