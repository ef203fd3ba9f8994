namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What a denied caller learns beyond "denied", and only after its token's signature was verified.</summary>
internal enum CallerDetail
{
    None,

    /// <summary>The failing claim's name and its value in the caller's token; never what the rule requires.</summary>
    Claim,
}
