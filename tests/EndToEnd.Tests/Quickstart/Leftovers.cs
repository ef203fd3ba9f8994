using Culvert.Stage.Ports;

namespace Culvert.EndToEnd.Tests.Quickstart;

/// <summary>What a run should have taken with it when it ended.</summary>
internal static class Leftovers
{
    /// <summary>Command lines of processes that name the state folder, and ports of the plan that are still held.</summary>
    public static IReadOnlyList<string> Of(string stateFolder, PortPlan ports) =>
        [.. CommandLinesNaming(stateFolder), .. PortProbe.Taken(ports).Select(use => $"port {use.Port} ({use.Key})")];

    public static IEnumerable<string> CommandLinesNaming(string text)
    {
        foreach (
            var folder in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
        )
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it ended meanwhile
            }

            if (line.Contains(text, StringComparison.Ordinal))
            {
                yield return line;
            }
        }
    }
}
