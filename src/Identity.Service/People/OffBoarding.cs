namespace Culvert.Identity.Service.People;

/// <summary>What an off-boarding did.</summary>
/// <param name="RevocationId">The revocation of the person's tokens.</param>
/// <param name="IssuedBefore">Tokens issued until then are refused.</param>
/// <param name="Effects">What else ended, by the name of <see cref="IOffBoardingEffect"/>.</param>
internal sealed record OffBoarding(
    string RevocationId,
    DateTimeOffset IssuedBefore,
    IReadOnlyList<KeyValuePair<string, int>> Effects
);
