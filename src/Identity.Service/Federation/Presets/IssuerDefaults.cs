using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Presets;

internal static class IssuerDefaults
{
    public static Issuer Apply(Preset preset, Issuer blank) =>
        blank with
        {
            Algorithms = AlgorithmNames.Read(preset.Defaults.Algorithms),
            Types = preset.Defaults.Types,
            MaxJwtLifetimeSeconds = preset.Defaults.MaxJwtLifetimeSeconds,
            ReplayMode = WireNames.Find<ReplayMode>(preset.Defaults.ReplayMode)!.Value,
        };
}
