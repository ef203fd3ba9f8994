using System.Reflection;

namespace Culvert.Identity.Service.Telemetry;

internal static class ProgramVersion
{
    public static string Current { get; } =
        typeof(ProgramVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";
}
