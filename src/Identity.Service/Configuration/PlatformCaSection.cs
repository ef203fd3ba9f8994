using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class PlatformCaSection
{
    public static PlatformCaOptions Read(ConfigSection ca)
    {
        ca.Choice("store", "sealed", "sealed");
        var options = new PlatformCaOptions
        {
            RootLife = ca.Duration("root_life", TimeSpan.FromDays(3650), TimeSpan.FromDays(30)),
            IssuingLife = ca.Duration("issuing_life", TimeSpan.FromDays(90), TimeSpan.FromDays(1)),
        };
        if (options.IssuingLife >= options.RootLife)
        {
            ca.Error("issuing_life", "The issuing CA would outlive its root.", "Use a time shorter than root_life.");
        }

        return options;
    }
}
