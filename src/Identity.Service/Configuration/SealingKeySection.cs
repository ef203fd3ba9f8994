using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Configuration;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Configuration;

/// <summary>Reads <c>keys.sealing_key</c>.</summary>
internal static class SealingKeySection
{
    public static SealingKeyOptions Read(ConfigSection keys)
    {
        // Init makes a key file that is not there yet, so it need not exist while the file is merely checked.
        var reference = keys.Secret("sealing_key", required: true, mustExist: false);
        return new SealingKeyOptions(
            reference?.FilePath,
            () => (reference ?? throw new SecretUnavailableException("keys.sealing_key is not set.")).Read()
        );
    }
}
