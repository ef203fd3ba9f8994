using System.Collections;

namespace Culvert.Platform.Configuration;

public static class ConfigLoader
{
    /// <summary>Loads the file, or content not yet written to it. The reader must read every key.</summary>
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

    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
}
