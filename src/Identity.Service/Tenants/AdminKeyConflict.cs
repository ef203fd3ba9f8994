namespace Culvert.Identity.Service.Tenants;

internal enum AdminKeyConflict
{
    Revoked,

    /// <summary>It already names a person, or was created with another key.</summary>
    Owned,

    Limit,
}
