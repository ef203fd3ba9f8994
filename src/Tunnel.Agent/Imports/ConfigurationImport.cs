using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>Makes an <c>agent.yaml</c> from the configuration file of another program.</summary>
internal static class ConfigurationImport
{
    /// <summary>Reads the whole file even if it has errors, so that all of them are reported at once.</summary>
    /// <param name="file">The other program's file.</param>
    /// <param name="start">The settings that the other file cannot contain: the installation and the tunnel.</param>
    /// <param name="map">Adds the settings that the other file contains.</param>
    public static ImportResult Run(ImportedFile file, InitialFile start, Action<ImportedFile, YamlMap> map)
    {
        var agent = start.ToMap();
        map(file, agent);
        var errors = file.Complete();
        var notes = file.Notes.OrderBy(n => n.Place is null).ThenBy(n => n.Place?.Line ?? 0).ToList();
        return errors.Count > 0
            ? new ImportResult("", notes, errors)
            : new ImportResult(
                agent.Write("Imported by `tunnel-agent`. Do what its lines said before you run it."),
                notes,
                []
            );
    }
}
