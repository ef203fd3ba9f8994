using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class TokenSigningSection
{
    public static TokenSigningOptions Read(ConfigSection keys)
    {
        var signing = keys.Section("token_signing");
        var store = signing.Choice("store", KeyCustodies.Sealed, KeyCustodies.Sealed, KeyCustodies.Pkcs11);
        if (store == KeyCustodies.Pkcs11 && keys.Section("pkcs11").Path("module").Length == 0)
        {
            signing.Error("store", "No HSM is configured.", "Set keys.pkcs11, or use sealed.");
        }

        var options = new TokenSigningOptions
        {
            Custody = WireNames.Parse<KeyCustody>(store),
            RotateEvery = signing.Duration(
                "rotate_every",
                TimeSpan.FromDays(30),
                TimeSpan.FromHours(1),
                TimeSpan.FromDays(365)
            ),
            PublishBefore = signing.Duration(
                "publish_before",
                TimeSpan.FromHours(25),
                SigningKeyPlan.ShortestPublication
            ),
        };
        if (options.PublishBefore >= options.RotateEvery)
        {
            signing.Error(
                "publish_before",
                "A key would have to be published before the one before it.",
                "Use a time shorter than rotate_every."
            );
        }
        else if (SigningKeyPlan.KeysAtOnce(options) > SigningKeyPlan.MaxKeys)
        {
            signing.Error(
                "rotate_every",
                $"More than {SigningKeyPlan.MaxKeys} keys would be published at once.",
                "Rotate less often, or publish later."
            );
        }

        return options;
    }
}
