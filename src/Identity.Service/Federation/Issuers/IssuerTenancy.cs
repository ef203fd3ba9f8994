namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Whether other parties can obtain tokens of an issuer.</summary>
internal enum IssuerTenancy
{
    /// <summary>Signs for one organization alone: a cluster, a private server, an enterprise's own address.</summary>
    Dedicated,

    /// <summary>Signs for all customers of a platform: every rule must pin the tenant.</summary>
    Shared,
}
