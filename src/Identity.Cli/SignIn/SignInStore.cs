using System.Text;
using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Culvert.Machine.Client.Access;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>Sign-ins on this machine, one per service: 0600 files in a 0700 folder.</summary>
internal static class SignInStore
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Null: no user signed in at the service. A file that other users can read is ignored.</summary>
    public static SignInRecord? Read(Uri url, CliHost host)
    {
        try
        {
            var path = GetPath(url, host);
            return File.Exists(path)
                ? JsonSerializer.Deserialize(PrivateFile.ReadText(path, MaxBytes), SignInJson.Default.SignInRecord)
                : null;
        }
        catch (Exception e) when (e is SecretUnavailableException or JsonException)
        {
            return null;
        }
    }

    public static void Write(Uri url, SignInRecord record, CliHost host)
    {
        var path = GetPath(url, host);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, PrivateFile.FolderMode);
            PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(record, SignInJson.Default.SignInRecord));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"the sign-in cannot be saved: {e.Message}", e) { Where = path };
        }
    }

    /// <summary>Stores the identity provider's token of a person, and returns its path.</summary>
    public static string WriteToken(Uri url, string token, CliHost host)
    {
        var path = Path.Combine(TokenFolder(url, host), "identity-token");
        try
        {
            Directory.CreateDirectory(TokenFolder(url, host), PrivateFile.FolderMode);
            PrivateFile.Replace(path, Encoding.ASCII.GetBytes(token));
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"the token cannot be saved: {e.Message}", e) { Where = path };
        }
    }

    /// <summary>Removes the sign-in and its tokens; returns whether there was one.</summary>
    public static bool Remove(Uri url, CliHost host)
    {
        var folder = TokenFolder(url, host);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var path = GetPath(url, host);
        if (!File.Exists(path))
        {
            return false; // its folder may be missing too
        }

        File.Delete(path);
        return true;
    }

    /// <summary>The service's access tokens, and the key that they are bound to.</summary>
    public static string TokenFolder(Uri url, CliHost host) =>
        Path.Combine(UserFolders.State(host), "tokens-" + GetKey(url));

    private static string GetPath(Uri url, CliHost host) =>
        Path.Combine(UserFolders.State(host), $"sign-in-{GetKey(url)}.json");

    // A hash, because the address may contain characters that no file name can.
    private static string GetKey(Uri url) => TokenCache.Key(url.AbsoluteUri)[..16];
}
