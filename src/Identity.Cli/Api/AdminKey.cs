using System.Net.Http.Headers;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Api;

internal static class AdminKey
{
    private const int MaxBytes = 4096;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    public static AuthenticationHeaderValue Read(string? file)
    {
        if (file is null)
        {
            throw new CommandFailure(ExitCode.Usage, "no admin key is given")
            {
                Where = $"--admin-key-file and {SettingVariables.AdminKeyFile} are both empty",
                Next = $"export {SettingVariables.AdminKeyFile}=/path/to/admin.key",
            };
        }

        var key = ReadText(file).Trim();
        // Any other character is invalid in a header, or would split it.
        if (key.Length == 0 || key.Any(c => c is <= ' ' or > '~'))
        {
            throw Bad(file, "the file contains no key: expected one line of printable characters", null);
        }

        return new AuthenticationHeaderValue("Bearer", key);
    }

    private static string ReadText(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0)
            {
                throw Bad(file, "other users can read the admin key file", null, $"chmod 600 {file}");
            }

            if (new FileInfo(file).Length > MaxBytes)
            {
                throw Bad(file, $"an admin key is shorter than {MaxBytes} bytes", null);
            }

            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(file, $"the admin key cannot be read: {e.Message}", e);
        }
    }

    private static CommandFailure Bad(string file, string message, Exception? cause, string? next = null) =>
        new(ExitCode.Configuration, message, cause)
        {
            Where = file,
            Next = next ?? $"name the right file (--admin-key-file or {SettingVariables.AdminKeyFile})",
        };
}
