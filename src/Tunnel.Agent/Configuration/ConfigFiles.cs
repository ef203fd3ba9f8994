using System.Text;
using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Puts a configuration file in its place, and never one that the agent could not read.</summary>
internal static class ConfigFiles
{
    /// <summary>Checks the text as if it stood at the path already, then puts it there whole.</summary>
    /// <returns>What is wrong with it; then nothing has changed.</returns>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static IReadOnlyList<ConfigError> Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var aside = path + ".new";
        File.Delete(aside);
        using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
        {
            // Who may read the old file may read the new one, and no other user at any time.
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

    /// <summary>Every error of the file alone; environment variables are not part of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What is to be written to the path; null to read the file that is there.</param>
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
