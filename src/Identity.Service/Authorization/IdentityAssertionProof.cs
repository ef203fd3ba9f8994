using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Authorization;

/// <summary>What the checks found in an assertion.</summary>
/// <param name="Context">Its rule is one of the issuer whose keys were used; which rule grants is decided later.</param>
/// <param name="Denial">Null if every check passed.</param>
internal sealed record IdentityAssertionProof(AssertionContext Context, Denial? Denial);
