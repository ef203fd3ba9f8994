using System.Text;
using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Replaces a configuration file, but only by one that the agent can read.</summary>
internal static class ConfigFiles
{
    /// <summary>Validates the text as the file at the path, then writes it atomically.</summary>
    /// <returns>The errors; if there are any, the file is unchanged.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static IReadOnlyList<ConfigError> Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var aside = path + ".new";
        File.Delete(aside);
        using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
        {
            // The new file has the mode of the old one, so the same users can read it, at any time.
            if (!OperatingSystem.IsWindows() && File.Exists(path))
            {
                File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(path));
            }

            file.Write(Encoding.UTF8.GetBytes(text));
        }

        try
        {
            var errors = Check(aside);
            if (errors.Count == 0)
            {
                File.Move(aside, path, overwrite: true);
            }

            return errors;
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>Returns every error of the file. Environment variables are not checked.</summary>
    public static IReadOnlyList<ConfigError> Check(string path, string? text = null) =>
        ConfigLoader
            .Load(
                ConfigLocation.Agent,
                path,
                AgentConfiguration.Read,
                new Dictionary<string, string>(),
                content: text is null ? null : Encoding.UTF8.GetBytes(text)
            )
            .Errors;
}
