namespace Culvert.Identity.Service.Storage;

/// <summary>Determines which decisions are refused first when the disk is nearly full (S31).</summary>
internal enum DecisionClass
{
    /// <summary>Token exchanges and other bulk work: refused below the disk reserve.</summary>
    Bulk,

    /// <summary>Issuance, revocation, administration: continues until the disk is full.</summary>
    Essential,
}
