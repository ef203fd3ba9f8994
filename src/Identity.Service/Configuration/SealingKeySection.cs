using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Configuration;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Configuration;

internal static class SealingKeySection
{
    public static SealingKeyOptions Read(ConfigSection keys)
    {
        // Init creates a missing key file, so it need not exist when the configuration is only checked.
        var reference = keys.Secret("sealing_key", required: true, mustExist: false);
        return new SealingKeyOptions(
            reference?.FilePath,
            () => (reference ?? throw new SecretUnavailableException("keys.sealing_key is not set.")).Read()
        );
    }
}
