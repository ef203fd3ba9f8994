namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What a denied caller learns beyond "denied", and only after its token's signature proved.</summary>
internal enum CallerDetail
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The name of the failing claim and the value that the caller's own token has; never what was wanted.</summary>
    Claim,
}
