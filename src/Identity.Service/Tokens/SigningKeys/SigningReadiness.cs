using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Whether tokens can be signed: only an HSM can fail to.</summary>
internal static class SigningReadiness
{
    public static ReadinessCheck Create(SigningKeyRing ring) =>
        ReadinessCheck.Create(
            "token_signing",
            () => ring.IsFailing ? "Signing the last access token failed: the HSM refused or failed." : null
        );
}
