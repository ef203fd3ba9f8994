using System.Collections;

namespace Culvert.Platform.Configuration;

public static class ConfigLoader
{
    /// <summary>Loads the file, reads all keys, and returns settings or errors.</summary>
    /// <param name="location">The program's location.</param>
    /// <param name="path">The file from <see cref="ConfigLocation.FindFile"/>.</param>
    /// <param name="read">Turns the document into settings; must read every key, whatever the others contain.</param>
    /// <param name="environment">All environment variables; see <see cref="ProcessEnvironment"/>.</param>
    /// <param name="flags">Values from the command line by full key.</param>
    /// <param name="content">Content that is checked before it is written to the path; null: read the existing file.</param>
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
