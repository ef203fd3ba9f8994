using System.Reflection;

namespace Culvert.Identity.Cli.Hosting;

internal static class ProgramVersion
{
    /// <summary>Without the build's commit suffix.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0.0.0";
}
