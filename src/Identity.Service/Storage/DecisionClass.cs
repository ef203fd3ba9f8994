namespace Culvert.Identity.Service.Storage;

/// <summary>What is given up first when the disk fills (S31).</summary>
internal enum DecisionClass
{
    /// <summary>Token exchanges and other work in bulk: refused below the disk reserve.</summary>
    Bulk,

    /// <summary>Issuance, revocation, administration: continues until the disk is really full.</summary>
    Essential,
}
