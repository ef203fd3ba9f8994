using System.Collections;

namespace Culvert.Platform.Configuration;

/// <summary>Reads a program's whole configuration in one call.</summary>
public static class ConfigLoader
{
    /// <summary>Loads, reads and completes.</summary>
    /// <param name="location">Which program.</param>
    /// <param name="path">The file, as <see cref="ConfigLocation.FindFile"/> gave it.</param>
    /// <param name="read">Turns the document into settings; asks for every key, whatever the others say.</param>
    /// <param name="environment">All environment variables; see <see cref="ProcessEnvironment"/>.</param>
    /// <param name="flags">Values from the command line by full key.</param>
    /// <param name="content">What is to be written to the path; null to read the file that is there.</param>
    public static ConfigResult<T> Load<T>(
        ConfigLocation location,
        string path,
        Func<ConfigSection, T> read,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string>? flags = null,
        byte[]? content = null
    )
        where T : class
    {
        var document = ConfigDocument.Load(path, location.EnvironmentPrefix, environment, flags, content);
        var settings = read(document.Root);
        var errors = document.Complete();
        return new ConfigResult<T>
        {
            Settings = errors.Count == 0 ? settings : null,
            Errors = errors,
            Values = document.Values,
        };
    }

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
}
