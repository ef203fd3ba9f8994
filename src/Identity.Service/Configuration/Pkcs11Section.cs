using Culvert.Ca.Keys.Pkcs11;
using Culvert.Platform.Configuration;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Configuration;

internal static class Pkcs11Section
{
    public static Pkcs11Settings? Read(ConfigSection section)
    {
        var (module, token) = (section.Path("module"), section.String("token"));
        var pin = section.Secret("pin");
        if (module.Length == 0 && token.Length == 0 && pin is null)
        {
            return null;
        }

        foreach (
            var (key, isSet) in new[]
            {
                ("module", module.Length > 0),
                ("token", token.Length > 0),
                ("pin", pin is not null),
            }
        )
        {
            if (!isSet)
            {
                section.Error(key, "Module, token and pin belong together.", "Set all three, or none to use no HSM.");
            }
        }

        return new Pkcs11Settings(
            module,
            token,
            () => (pin ?? throw new SecretUnavailableException("keys.pkcs11.pin is not set.")).Read().Trim()
        );
    }
}
