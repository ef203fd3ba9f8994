namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The keys of <see cref="SigningKeyFamily.Assertions"/>.</summary>
internal sealed record AssertionKeys(SigningKeyRing Ring)
{
    public static AssertionKeys Create(IServiceProvider services)
    {
        var family = SigningKeyFamily.Assertions;
        return new AssertionKeys(
            ActivatorUtilities.CreateInstance<SigningKeyRing>(
                services,
                ActivatorUtilities.CreateInstance<TokenSigningKeyStore>(services, family),
                ActivatorUtilities.CreateInstance<SigningKeyMaker>(services, family)
            )
        );
    }
}
